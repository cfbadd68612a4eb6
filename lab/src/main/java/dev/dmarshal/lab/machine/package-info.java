/** Machines with VT-d under QEMU: their description, and a running one. */
package dev.dmarshal.lab.machine;
