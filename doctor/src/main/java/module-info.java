/** From symptoms to causes and fixes. */
module dev.dmarshal.doctor {
    requires transitive dev.dmarshal.host;

    exports dev.dmarshal.doctor;
    exports dev.dmarshal.doctor.assign;
    exports dev.dmarshal.doctor.finding;
    exports dev.dmarshal.doctor.firmware;
    exports dev.dmarshal.doctor.kdump;
    exports dev.dmarshal.doctor.policy;
    exports dev.dmarshal.doctor.symptom;
    exports dev.dmarshal.doctor.twin;
    exports dev.dmarshal.doctor.watch;
}
