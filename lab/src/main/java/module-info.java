/** QEMU-backed tests and rehearsals: real VT-d models, kernels and hypervisors without the hardware. */
module dev.dmarshal.lab {
    requires transitive dev.dmarshal.core;

    exports dev.dmarshal.lab.compare;
    exports dev.dmarshal.lab.generate;
    exports dev.dmarshal.lab.model;
    exports dev.dmarshal.lab.qtest;
    exports dev.dmarshal.lab.rows;
    exports dev.dmarshal.lab.scenario;
}
