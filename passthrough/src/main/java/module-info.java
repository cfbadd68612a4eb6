/** Planning, applying and undoing passthrough, with a journal. */
// libvirt's binding has no descriptor of its own; the program gets one at build time.
@SuppressWarnings("requires-automatic")
module dev.dmarshal.passthrough {
    requires transitive dev.dmarshal.doctor;
    requires transitive com.fasterxml.jackson.databind;
    requires java.xml;
    requires libvirt;
    requires com.sun.jna;

    exports dev.dmarshal.passthrough;
    exports dev.dmarshal.passthrough.apply;
    exports dev.dmarshal.passthrough.bind;
    exports dev.dmarshal.passthrough.boot;
    exports dev.dmarshal.passthrough.guest;
    exports dev.dmarshal.passthrough.journal;
    exports dev.dmarshal.passthrough.libvirt;
    exports dev.dmarshal.passthrough.plan;
    exports dev.dmarshal.passthrough.wish;
    exports dev.dmarshal.passthrough.xen;

    opens dev.dmarshal.passthrough.journal to com.fasterxml.jackson.databind;
    opens dev.dmarshal.passthrough.plan to com.fasterxml.jackson.databind;
}
