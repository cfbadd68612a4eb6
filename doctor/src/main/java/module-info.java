/** From symptoms to causes and fixes. */
module dev.dmarshal.doctor {
    requires transitive dev.dmarshal.host;

    exports dev.dmarshal.doctor;
}
