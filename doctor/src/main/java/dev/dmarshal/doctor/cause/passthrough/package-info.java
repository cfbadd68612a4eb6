/** What goes wrong when a device is given to a guest: groups, holders, binding, resets, mappings, the hardware itself. */
package dev.dmarshal.doctor.cause.passthrough;
