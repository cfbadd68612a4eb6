package dev.dmarshal.core.acpi;

import dev.dmarshal.core.acpi.DeviceScope.Hop;
import dev.dmarshal.core.acpi.DmarStructure.Andd;
import dev.dmarshal.core.acpi.DmarStructure.Atsr;
import dev.dmarshal.core.acpi.DmarStructure.Drhd;
import dev.dmarshal.core.acpi.DmarStructure.Rhsa;
import dev.dmarshal.core.acpi.DmarStructure.Rmrr;
import dev.dmarshal.core.acpi.DmarStructure.Satc;
import dev.dmarshal.core.acpi.DmarStructure.Sidp;
import dev.dmarshal.core.acpi.DmarStructure.Unknown;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/** Random structures and tables, every field over its whole range. */
final class RandomTables {

    private final Random random;

    RandomTables(Random random) {
        this.random = random;
    }

    DmarBuilder dmar(List<DmarStructure> structures) {
        DmarBuilder builder = new DmarBuilder().hostAddressBits(1 + random.nextInt(256)).flags(random.nextInt(256));
        structures.forEach(builder::add);
        return builder;
    }

    List<DmarStructure> structures(int kinds) {
        List<DmarStructure> all = new ArrayList<>();
        for (int i = random.nextInt(12); i > 0; i--) {
            all.add(structure(random.nextInt(kinds)));
        }
        return all;
    }

    private DmarStructure structure(int type) {
        return switch (type) {
            case 0 -> new Drhd(octet(), octet(), word(), random.nextLong(), scopes());
            case 1 -> new Rmrr(word(), random.nextLong(), random.nextLong(), scopes());
            case 2 -> new Atsr(octet(), word(), scopes());
            case 3 -> new Rhsa(random.nextLong(), random.nextInt() & 0xffffffffL);
            case 4 -> new Andd(octet(), "\\_SB.PCI0.I2C" + random.nextInt(10), true);
            case 5 -> new Satc(octet(), word(), scopes());
            case 6 -> new Sidp(word(), scopes());
            default -> new Unknown(7 + random.nextInt(60000), TableBytes.of(octets(random.nextInt(20))));
        };
    }

    private List<DeviceScope> scopes() {
        List<DeviceScope> scopes = new ArrayList<>();
        for (int i = random.nextInt(5); i > 0; i--) {
            List<Hop> path = new ArrayList<>();
            for (int hop = 1 + random.nextInt(3); hop > 0; hop--) {
                path.add(new Hop(random.nextInt(32), random.nextInt(8)));
            }
            scopes.add(new DeviceScope(1 + random.nextInt(5), octet(), octet(), octet(), path));
        }
        return scopes;
    }

    byte[] octets(int count) {
        byte[] bytes = new byte[count];
        random.nextBytes(bytes);
        return bytes;
    }

    int octet() {
        return random.nextInt(256);
    }

    int word() {
        return random.nextInt(65536);
    }

    /** Damages a table: bytes changed, cut, or put in. Bytes of lengths and types near the start of a structure are as likely as any other. */
    byte[] damaged(byte[] table) {
        byte[] bytes = table.clone();
        for (int i = 1 + random.nextInt(8); i > 0; i--) {
            int at = random.nextInt(bytes.length);
            bytes[at] = switch (random.nextInt(4)) {
                case 0 -> 0;
                case 1 -> (byte) 0xff;
                case 2 -> (byte) random.nextInt(16);
                default -> (byte) random.nextInt();
            };
        }
        return random.nextInt(4) == 0 ? java.util.Arrays.copyOf(bytes, random.nextInt(bytes.length + 40)) : bytes;
    }
}
