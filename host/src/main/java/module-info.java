/** A machine, live or captured: logs, command lines, facts. */
module dev.dmarshal.host {
    requires transitive dev.dmarshal.core;
    requires com.fasterxml.jackson.core;
    requires com.github.luben.zstd_jni;
    requires org.tukaani.xz;

    exports dev.dmarshal.host;
    exports dev.dmarshal.host.boot;
    exports dev.dmarshal.host.holders;
    exports dev.dmarshal.host.capture;
    exports dev.dmarshal.host.files;
    exports dev.dmarshal.host.iommu;
    exports dev.dmarshal.host.groups;
    exports dev.dmarshal.host.image;
    exports dev.dmarshal.host.log;
    exports dev.dmarshal.host.names;
    exports dev.dmarshal.host.params;
    exports dev.dmarshal.host.reset;
    exports dev.dmarshal.host.survey;
    exports dev.dmarshal.host.pci;
    exports dev.dmarshal.host.version;
}
