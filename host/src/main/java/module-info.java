/** A machine, live or captured: logs, command lines, facts. */
module dev.dmarshal.host {
    requires transitive dev.dmarshal.core;

    exports dev.dmarshal.host;
    exports dev.dmarshal.host.params;
    exports dev.dmarshal.host.version;
}
