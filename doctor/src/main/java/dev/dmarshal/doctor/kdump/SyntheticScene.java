package dev.dmarshal.doctor.kdump;

import dev.dmarshal.core.pci.Sbdf;
import dev.dmarshal.doctor.kdump.BusyDevice.Buffer;
import dev.dmarshal.doctor.kdump.BusyDevice.CrashDriver;
import java.util.List;

/**
 * A made-up server that is busy when it crashes: 2 GiB of memory below 4 GiB and 6 GiB above, a network card, an NVMe disk whose addresses lie below the top of
 * memory (the allocator goes down from 4 GiB, and has been going for long), a USB controller with reserved memory, a RAID controller
 * whose driver does not stop it first, and an accelerator that the crash kernel has no driver for. In scalable mode there are also virtual functions on a
 * bus of their own, from device 10h on.
 */
public final class SyntheticScene {

    private static final long MIB = 1 << 20;
    private static final long PAGE = 4096;
    static final Span CRASH_KERNEL = new Span(0x6f00_0000L, 0x7eff_ffffL);
    private static final List<Span> MEMORY = List.of(new Span(0, 0x9_ffff), new Span(0x10_0000, 0x7fff_ffff),
            new Span(0x1_0000_0000L, 0x2_7fff_ffffL));
    private static final Span USB_REGION = new Span(0x7f00_0000L, 0x7f00_3fffL);

    private SyntheticScene() {
    }

    /** The scene. */
    public static CrashScene of(boolean scalable) {
        List<BusyDevice> devices = new java.util.ArrayList<>(List.of(network(), disk(), usb(), raid(), accelerator()));
        if (scalable) {
            devices.add(virtualFunction());
        }
        return new CrashScene("a made-up server", scalable, scalable, CrashScene.LINUX_INTERRUPT_SIZE, devices, MEMORY, CRASH_KERNEL,
                List.of("Everything is made up."));
    }

    private static BusyDevice network() {
        return new BusyDevice(new Sbdf(0, 1, 0, 0), "network card", 0, false, List.of(
                new Buffer("receive ring", 0xffff_f000L, 0x2000_0000L, PAGE, true),
                new Buffer("transmit ring", 0xffff_e000L, 0x2000_1000L, PAGE, false),
                new Buffer("received packets", 0xffff_0000L, 0x2010_0000L, 8 * PAGE, true)), List.of(0x20, 0x21), List.of(), CrashDriver.STOPS_FIRST);
    }

    private static BusyDevice disk() {
        return new BusyDevice(new Sbdf(0, 2, 0, 0), "NVMe disk", 0, false, List.of(
                new Buffer("submission queue", 0x7fe0_0000L, 0x2100_0000L, PAGE, false),
                new Buffer("completion queue", 0x7fe0_1000L, 0x2100_1000L, PAGE, true),
                new Buffer("blocks being read", 0x7000_0000L, 0x2200_0000L, MIB / 4, true),
                new Buffer("blocks being written", 0x5000_0000L, 0x2300_0000L, MIB / 8, false)), List.of(0x30), List.of(), CrashDriver.STOPS_FIRST);
    }

    private static BusyDevice usb() {
        return new BusyDevice(new Sbdf(0, 0, 0x14, 0), "USB controller with reserved memory", 0, false, List.of(
                new Buffer("reserved memory", USB_REGION.first(), USB_REGION.first(), 2 * PAGE, true),
                new Buffer("transfer ring", 0xfffe_0000L, 0x2400_0000L, PAGE, false),
                new Buffer("event ring", 0xfffe_1000L, 0x2400_1000L, PAGE, true)), List.of(0x10), List.of(USB_REGION), CrashDriver.STOPS_FIRST);
    }

    private static BusyDevice raid() {
        return new BusyDevice(new Sbdf(0, 3, 0, 0), "RAID controller, slow to stop", 0, false, List.of(
                new Buffer("reply queue", 0xffff_f000L, 0x2500_0000L, PAGE, true),
                new Buffer("blocks being read", 0xfff0_0000L, 0x2510_0000L, 16 * PAGE, true)), List.of(0x40), List.of(), CrashDriver.MAPS_FIRST);
    }

    private static BusyDevice accelerator() {
        return new BusyDevice(new Sbdf(0, 4, 0, 0), "accelerator", 0, false, List.of(
                new Buffer("commands", 0xffff_f000L, 0x2600_0000L, PAGE, false),
                new Buffer("results", 0xffff_d000L, 0x2600_1000L, 2 * PAGE, true)), List.of(0x50), List.of(), CrashDriver.NONE);
    }

    private static BusyDevice virtualFunction() {
        return new BusyDevice(new Sbdf(0, 5, 0x10, 0), "virtual function", 0, false, List.of(
                new Buffer("receive ring", 0xffff_f000L, 0x2700_0000L, PAGE, true)), List.of(0x60), List.of(), CrashDriver.NONE);
    }
}
