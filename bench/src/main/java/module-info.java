/** Measures dmarshal: how often the doctor is right, and how fast things are. Not part of the product. */
module dev.dmarshal.bench {
    requires dev.dmarshal.core;
    requires dev.dmarshal.doctor;
    requires com.fasterxml.jackson.core;
    requires java.management;
    requires jdk.management;
    requires jmh.core;
}
