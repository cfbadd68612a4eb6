/** A recorded host built again in QEMU, as far as that goes, to see what a planned kernel command line does to it. */
package dev.dmarshal.lab.rehearsal;
