/**
 * Steps that outlast a restart of the host: modprobe's options, udev's rules, the initramfs, the kernel's command line by whichever boot loader hands it over.
 * They are files with a difference that can be read, programs that are run after them, and a restart that the administrator makes.
 */
package dev.dmarshal.passthrough.boot;
