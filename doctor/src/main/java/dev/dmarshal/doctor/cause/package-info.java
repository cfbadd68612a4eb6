/**
 * What a cause is, the list of all of them, and what they share: the reviewed tables of words, and the search for lines that tell of a fault. {@code fault}
 * has what stands behind faults of the hardware, {@code setup} what firmware, kernel and command line made of the machine, {@code passthrough} what goes wrong
 * when a device is given away. A cause knows no other package's causes; only {@link dev.dmarshal.doctor.cause.Causes} knows all.
 */
package dev.dmarshal.doctor.cause;
