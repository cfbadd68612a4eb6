package dev.dmarshal.lab.qtest;

import dev.dmarshal.lab.scenario.Requester;
import java.util.ArrayList;
import java.util.List;

/**
 * Where a requester sits in QEMU's machine and where its registers are mapped.
 *
 * @param requester which
 * @param qemu      arguments of {@code -device} after the model's name
 * @param bus       bus number for configuration accesses
 * @param device    device number on that bus
 * @param function  function number
 * @param bar       where its registers are mapped
 */
record Seat(Requester requester, String qemu, int bus, int device, int function, long bar) {

    private static final int PORT_BUS = 1;
    private static final int BRIDGE_UPSTREAM_BUS = 2;
    private static final int BRIDGE_BUS = 3;

    private static final List<Seat> ALL = List.of(
            new Seat(Requester.READER, "addr=02.0", 0, 2, 0, 0xe000_0000L),
            new Seat(Requester.WRITER, "addr=03.0", 0, 3, 0, 0xe002_0000L),
            new Seat(Requester.HIGH_READER, "addr=18.0,multifunction=on", 0, 0x18, 0, 0xe004_0000L),
            new Seat(Requester.HIGH_WRITER, "addr=18.1", 0, 0x18, 1, 0xe006_0000L),
            new Seat(Requester.EDU_A, "addr=04.0", 0, 4, 0, 0xe010_0000L),
            new Seat(Requester.EDU_B, "addr=05.0", 0, 5, 0, 0xe020_0000L),
            new Seat(Requester.EDU_C, "addr=19.0", 0, 0x19, 0, 0xe030_0000L),
            new Seat(Requester.PORT_READER, "bus=rp1,addr=00.0,multifunction=on", PORT_BUS, 0, 0, 0xe100_0000L),
            new Seat(Requester.PORT_WRITER, "bus=rp1,addr=00.1", PORT_BUS, 0, 1, 0xe102_0000L),
            new Seat(Requester.BRIDGE_READER, "bus=br1,addr=01.0", BRIDGE_BUS, 1, 0, 0xe200_0000L),
            new Seat(Requester.BRIDGE_WRITER, "bus=br1,addr=02.0", BRIDGE_BUS, 2, 0, 0xe202_0000L),
            new Seat(Requester.EDU_BRIDGE, "bus=br1,addr=03.0", BRIDGE_BUS, 3, 0, 0xe210_0000L));

    /** All seats of the machine. */
    static List<Seat> all() {
        return ALL;
    }

    /** The seat of one requester. */
    static Seat of(Requester requester) {
        for (Seat seat : ALL) {
            if (seat.requester == requester) {
                return seat;
            }
        }
        throw new IllegalArgumentException("no seat for " + requester);
    }

    /** Arguments that put all devices and the bridges above them into a q35 machine. */
    static List<String> arguments() {
        List<String> arguments = new ArrayList<>(List.of(
                "-device", "pcie-root-port,id=rp1,addr=08.0,chassis=1",
                "-device", "pcie-root-port,id=rp2,addr=09.0,chassis=2",
                "-device", "pcie-pci-bridge,id=br1,bus=rp2"));
        for (Seat seat : ALL) {
            arguments.add("-device");
            arguments.add(switch (seat.requester.kind()) {
                case E1000 -> "e1000,romfile=," + seat.qemu;
                case RTL8139 -> "rtl8139,romfile=," + seat.qemu;
                case EDU -> "edu,dma_mask=0xffffffffffffffff," + seat.qemu;
            });
        }
        return arguments;
    }

    /** Does what firmware does after reset: bus numbers, bridge windows, BARs, memory space and bus mastering on. */
    static void bringUp(Batch batch) {
        bridge(batch, 0, 8, new int[] {0, PORT_BUS, PORT_BUS}, 0xe100, 0xe10f);
        bridge(batch, 0, 9, new int[] {0, BRIDGE_UPSTREAM_BUS, BRIDGE_BUS}, 0xe200, 0xe21f);
        bridge(batch, BRIDGE_UPSTREAM_BUS, 0, new int[] {BRIDGE_UPSTREAM_BUS, BRIDGE_BUS, BRIDGE_BUS}, 0xe200, 0xe21f);
        for (Seat seat : ALL) {
            seat.write32(batch, seat.requester.kind() == Requester.Kind.RTL8139 ? 0x14 : 0x10, (int) seat.bar);
            seat.write32(batch, 0x04, 0x6);
        }
    }

    /** Writes 32 bits of its configuration space. */
    void write32(Batch batch, int register, int value) {
        select(batch, bus, device, function, register);
        batch.outl(0xcfc, value);
    }

    /** Writes 16 bits of its configuration space; {@code register} is even. */
    void write16(Batch batch, int register, int value) {
        select(batch, bus, device, function, register);
        batch.outw(0xcfc + (register & 2), value);
    }

    private static void bridge(Batch batch, int bus, int device, int[] numbers, int windowFrom, int windowTo) {
        select(batch, bus, device, 0, 0x18);
        batch.outl(0xcfc, numbers[0] | numbers[1] << 8 | numbers[2] << 16);
        select(batch, bus, device, 0, 0x20);
        batch.outl(0xcfc, windowFrom | windowTo << 16);
        select(batch, bus, device, 0, 0x04);
        batch.outl(0xcfc, 0x6);
    }

    private static void select(Batch batch, int bus, int device, int function, int register) {
        batch.outl(0xcf8, 0x8000_0000 | bus << 16 | device << 11 | function << 8 | register & 0xfc);
    }
}
