package dev.dmarshal.lab.play;

import dev.dmarshal.lab.machine.MachineSpec;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A machine, what it boots, and what happens in it.
 *
 * @param name         its name
 * @param summary      one line for people
 * @param machine      the machine without its root disk
 * @param kernel       a kernel of the stock, such as {@code linux-6.1}
 * @param commandLine  the kernel's parameters
 * @param load         modules loaded at boot
 * @param offer        modules at hand for {@code modprobe}
 * @param root         a root disk of the stock, {@code libvirt} or {@code xen}, if the machine changes to one
 * @param xen          Xen's parameters, if Xen boots first
 * @param mounts       tags of the machine's shares to where they are mounted
 * @param withDmarshal whether dmarshal and its Java are put into {@code /opt/dmarshal}
 * @param secondKernel a kernel of the stock that is put into {@code /second} with an initramfs of its own and {@code kexec}, if any
 * @param acts         the scripts
 */
public record Play(String name, String summary, MachineSpec machine, String kernel, String commandLine, List<String> load, List<String> offer,
        Optional<String> root,
        Optional<String> xen, Map<String, String> mounts, boolean withDmarshal, Optional<String> secondKernel, List<Act> acts) {

    /** The same on another kernel of the stock. */
    public Play onKernel(String other) {
        return new Play(name, summary, machine, other, commandLine, load, offer, root, xen, mounts, withDmarshal, secondKernel.map(same -> other), acts);
    }

    /** The same machine with these parameters added to its kernel's. */
    public Play withParameters(String more) {
        return new Play(name, summary, machine, kernel, (commandLine + " " + more).strip(), load, offer, root, xen, mounts, withDmarshal, secondKernel, acts);
    }

    /** The same on another machine. */
    public Play on(MachineSpec other) {
        return new Play(name, summary, other, kernel, commandLine, load, offer, root, xen, mounts, withDmarshal, secondKernel, acts);
    }

    /** The same with dmarshal inside. */
    public Play withDmarshalInside() {
        return new Play(name, summary, machine, kernel, commandLine, load, offer, root, xen, mounts, true, secondKernel, acts);
    }
}
