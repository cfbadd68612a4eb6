package dev.dmarshal.passthrough.plan;

/**
 * A virtual machine, and how to talk to it.
 *
 * @param via  {@code qemu}, {@code libvirt} or {@code xl}
 * @param name for {@code qemu} the path of its QMP socket, else the domain's name
 */
public record Guest(String via, String name) {
}
