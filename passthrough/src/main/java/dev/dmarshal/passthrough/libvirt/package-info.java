/** Guests that libvirt runs: its XML in and out, and the way to them through libvirt's own Java binding. */
package dev.dmarshal.passthrough.libvirt;
