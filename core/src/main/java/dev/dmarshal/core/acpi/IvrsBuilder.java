package dev.dmarshal.core.acpi;

import dev.dmarshal.core.acpi.IvrsBlock.Ivhd;
import dev.dmarshal.core.acpi.IvrsBlock.Ivmd;
import java.util.ArrayList;
import java.util.List;

/** Makes IVRS tables: {@code IvrsTable.of(builder.build())} has the same blocks. Values that do not fit their fields are refused. */
public final class IvrsBuilder {

    private HeaderFields header = HeaderFields.own(IvrsTable.SIGNATURE, 2);
    private long info = IvrsTable.PA_SIZE.set(IvrsTable.VA_SIZE.set(0, 64), 48);
    private final List<IvrsBlock> blocks = new ArrayList<>();

    /** An empty table: 48 bits of physical and 64 bits of virtual address. */
    public IvrsBuilder() {
        // The fields say it all.
    }

    /** Replaces the header's fields. */
    public IvrsBuilder header(HeaderFields fields) {
        header = fields;
        return this;
    }

    /** IVinfo, 32 bits. */
    public IvrsBuilder info(long value) {
        info = value;
        return this;
    }

    /** Adds a block behind those before it. */
    public IvrsBuilder add(IvrsBlock block) {
        blocks.add(block);
        return this;
    }

    /** The table, with length and checksum. */
    public byte[] build() {
        TableOutput out = new TableOutput(header);
        out.claim(IvrsFormat.TABLE_FIXED - TableHeader.SIZE_BYTES);
        out.set(IvrsFormat.INFO, 0, info);
        blocks.forEach(block -> write(out, block));
        return out.finish();
    }

    private static void write(TableOutput out, IvrsBlock block) {
        int at = out.claim(block instanceof IvrsBlock.Unknown ? IvrsFormat.block(0) : IvrsFormat.block(block.type()));
        out.set(IvrsFormat.TYPE, at, block.type());
        switch (block) {
            case Ivhd ivhd -> {
                out.set(IvrsFormat.FLAGS, at, ivhd.flags());
                out.set(IvrsFormat.DEVICE, at, ivhd.deviceId());
                out.set(IvrsFormat.CAPABILITY, at, ivhd.capabilityOffset());
                out.set(IvrsFormat.BASE, at, ivhd.base());
                out.set(IvrsFormat.SEGMENT, at, ivhd.segment());
                out.set(IvrsFormat.IOMMU_INFO, at, ivhd.info());
                out.set(IvrsFormat.FEATURES, at, ivhd.features());
                ivhd.efrImage().ifPresent(efr -> out.set(IvrsFormat.EFR, at, efr));
                ivhd.efr2Image().ifPresent(efr -> out.set(IvrsFormat.EFR2, at, efr));
                ivhd.entries().forEach(entry -> write(out, entry));
            }
            case Ivmd ivmd -> {
                out.set(IvrsFormat.FLAGS, at, ivmd.flags());
                out.set(IvrsFormat.DEVICE, at, ivmd.deviceId());
                out.set(IvrsFormat.LAST, at, ivmd.lastId());
                out.set(IvrsFormat.MEMORY_SEGMENT, at, ivmd.segment());
                out.set(IvrsFormat.START, at, ivmd.start());
                out.set(IvrsFormat.SIZE, at, ivmd.lengthBytes());
            }
            case IvrsBlock.Unknown unknown -> {
                out.set(IvrsFormat.FLAGS, at, unknown.flags());
                out.append(unknown.body().copy(0, unknown.body().length()));
            }
        }
        out.set(IvrsFormat.LENGTH, at, out.length() - at);
    }

    private static void write(TableOutput out, IvhdEntry entry) {
        int at = out.claim(IvrsFormat.entry(entry instanceof IvhdEntry.Unknown ? 0 : entry.type()));
        out.set(IvrsFormat.ENTRY_TYPE, at, entry.type());
        out.set(IvrsFormat.ENTRY_DEVICE, at, entry.deviceId());
        out.set(IvrsFormat.SETTING, at, entry.setting());
        switch (entry) {
            case IvhdEntry.Device device -> {
                // Four bytes say it all.
            }
            case IvhdEntry.Alias alias -> out.set(IvrsFormat.USED, at, alias.usedId());
            case IvhdEntry.Extended extended -> out.set(IvrsFormat.EXTENDED, at, extended.extended());
            case IvhdEntry.Special special -> {
                out.set(IvrsFormat.HANDLE, at, special.handle());
                out.set(IvrsFormat.USED, at, special.usedId());
                out.set(IvrsFormat.VARIETY, at, special.variety());
            }
            case IvhdEntry.Named named -> {
                out.set(IvrsFormat.HID, at, named.hid());
                out.set(IvrsFormat.CID, at, named.cid());
                out.set(IvrsFormat.UID_FORMAT, at, named.uidFormat());
                out.set(IvrsFormat.UID_LENGTH, at, named.uid().length());
                out.append(named.uid().copy(0, named.uid().length()));
            }
            case IvhdEntry.Unknown unknown -> out.append(unknown.rest().copy(0, unknown.rest().length()));
        }
    }
}
