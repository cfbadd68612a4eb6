/** The commands. The only room that prints and the only one that ends the process. */
module dev.dmarshal.cli {
    requires dev.dmarshal.doctor;
    requires dev.dmarshal.lab;
    requires dev.dmarshal.passthrough;
    requires info.picocli;
    requires com.fasterxml.jackson.core;
    requires jdk.httpserver;
}
