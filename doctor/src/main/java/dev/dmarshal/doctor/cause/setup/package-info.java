/** What firmware, kernel, hypervisor and command line made of the machine, whether or not anything faults. */
package dev.dmarshal.doctor.cause.setup;
