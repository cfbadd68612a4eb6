/** Ways to running guests: QEMU's QMP, and what else runs guests. */
package dev.dmarshal.passthrough.guest;
