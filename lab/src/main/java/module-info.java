/** QEMU-backed tests and rehearsals: real VT-d models, kernels and hypervisors without the hardware. */
module dev.dmarshal.lab {
    requires transitive dev.dmarshal.core;
    requires transitive dev.dmarshal.host;
    requires com.fasterxml.jackson.core;
    requires com.github.luben.zstd_jni;
    requires org.tukaani.xz;

    exports dev.dmarshal.lab;
    exports dev.dmarshal.lab.compare;
    exports dev.dmarshal.lab.generate;
    exports dev.dmarshal.lab.guest;
    exports dev.dmarshal.lab.machine;
    exports dev.dmarshal.lab.model;
    exports dev.dmarshal.lab.play;
    exports dev.dmarshal.lab.qtest;
    exports dev.dmarshal.lab.rehearsal;
    exports dev.dmarshal.lab.rows;
    exports dev.dmarshal.lab.scenario;
    exports dev.dmarshal.lab.setup;
    exports dev.dmarshal.lab.topology;
}
