/** Passthrough on Xen: guests' configuration files, virtual slots, binding to pciback, plugging through {@code xl}. */
package dev.dmarshal.passthrough.xen;
