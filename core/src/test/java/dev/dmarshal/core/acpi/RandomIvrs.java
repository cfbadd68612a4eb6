package dev.dmarshal.core.acpi;

import dev.dmarshal.core.acpi.IvrsBlock.Ivhd;
import dev.dmarshal.core.acpi.IvrsBlock.Ivmd;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import java.util.Random;

/** Random IVRS blocks and tables, every field over its whole range. */
final class RandomIvrs {

    private static final int[] FORMS = {Ivhd.TYPE_10, Ivhd.TYPE_11, Ivhd.TYPE_40};

    private final Random random;
    private final RandomTables parts;

    RandomIvrs(Random random) {
        this.random = random;
        this.parts = new RandomTables(random);
    }

    IvrsBuilder ivrs(List<IvrsBlock> blocks) {
        IvrsBuilder builder = new IvrsBuilder().info(random.nextInt() & 0xffffffffL);
        blocks.forEach(builder::add);
        return builder;
    }

    List<IvrsBlock> blocks(int kinds) {
        List<IvrsBlock> all = new ArrayList<>();
        for (int i = random.nextInt(8); i > 0; i--) {
            all.add(block(random.nextInt(kinds)));
        }
        return all;
    }

    private IvrsBlock block(int kind) {
        if (kind == 3) {
            return new IvrsBlock.Unknown(0x50 + random.nextInt(16), parts.octet(), TableBytes.of(parts.octets(random.nextInt(20))));
        }
        if (kind == 2) {
            return new Ivmd(0x20 + random.nextInt(3), parts.octet(), parts.word(), parts.word(), parts.word(), random.nextLong(), random.nextLong());
        }
        int type = FORMS[random.nextInt(3)];
        OptionalLong image = type == Ivhd.TYPE_10 ? OptionalLong.empty() : OptionalLong.of(random.nextLong());
        return new Ivhd(type, parts.octet(), parts.word(), parts.word(), random.nextLong(), parts.word(), parts.word(), random.nextInt() & 0xffffffffL, image,
                image, entries(type));
    }

    private List<IvhdEntry> entries(int type) {
        List<IvhdEntry> entries = new ArrayList<>();
        for (int i = random.nextInt(8); i > 0; i--) {
            int device = parts.word();
            int setting = parts.octet();
            entries.add(switch (random.nextInt(type == Ivhd.TYPE_40 ? 5 : 4)) {
                case 0 -> new IvhdEntry.Device(1 + random.nextInt(4), device, setting);
                case 1 -> new IvhdEntry.Alias(0x42 + random.nextInt(2), device, setting, parts.word());
                case 2 -> new IvhdEntry.Extended(0x46 + random.nextInt(2), device, setting, random.nextInt() & 0xffffffffL);
                case 3 -> new IvhdEntry.Special(0x48, device, setting, parts.octet(), parts.word(), parts.octet());
                default -> named(device, setting);
            });
        }
        return entries;
    }

    private IvhdEntry named(int device, int setting) {
        TableBytes hid = TableBytes.of("AMDI0020".getBytes(java.nio.charset.StandardCharsets.ISO_8859_1));
        return switch (random.nextInt(3)) {
            case 0 -> new IvhdEntry.Named(0xf0, device, setting, hid, TableBytes.of(new byte[8]), 0, TableBytes.of(new byte[0]));
            case 1 -> new IvhdEntry.Named(0xf0, device, setting, hid, hid, 1, TableBytes.of(parts.octets(8)));
            default -> new IvhdEntry.Named(0xf0, device, setting, hid, hid, 2, TableBytes.of("\\_SB.FUR1".getBytes(
                    java.nio.charset.StandardCharsets.ISO_8859_1)));
        };
    }
}
