package dev.dmarshal.doctor.symptom;

import dev.dmarshal.core.fault.Access;
import dev.dmarshal.core.fault.Dialect;
import dev.dmarshal.core.fault.FaultEvent;
import dev.dmarshal.core.fault.FaultKind;
import dev.dmarshal.core.fault.LogTime;
import dev.dmarshal.core.pci.Sbdf;
import dev.dmarshal.core.pci.SourceId;
import dev.dmarshal.core.vtd.FaultReason;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.stream.Collectors;

/**
 * Faults that are the same but for their addresses and times.
 *
 * @param first    the first of them
 * @param file     the log in which it stands
 * @param count    how many; a lower bound where the log says that lines were left out
 * @param pattern  shape of the addresses
 * @param lowest   lowest address in bytes
 * @param highest  highest address in bytes
 * @param pages    different pages, as addresses; the first 16 at most
 * @param indexes  different interrupt indexes, the first 16 at most
 * @param amdFlags all AMD-Vi flags seen, or-ed
 * @param commonFlags the AMD-Vi flags that all of the faults have
 * @param last     time of the last fault
 * @param segment  the requester's segment: the line's own, or the one that the rest of the log leaves; empty if several could be meant
 */
public record FaultGroup(FaultEvent first, String file, long count, AddressPattern pattern, OptionalLong lowest, OptionalLong highest, List<Long> pages,
        List<Integer> indexes, OptionalInt amdFlags, OptionalInt commonFlags, Optional<LogTime> last, OptionalInt segment) {

    static FaultGroup of(FaultTally.Cell cell, AddressPattern pattern) {
        boolean addressed = cell.addresses > 0;
        return new FaultGroup(cell.first, cell.file, cell.count, pattern, addressed ? OptionalLong.of(cell.lowest) : OptionalLong.empty(),
                addressed ? OptionalLong.of(cell.highest) : OptionalLong.empty(),
                Arrays.stream(cell.pages, 0, cell.distinctPages).map(page -> page << 12).boxed().toList(),
                Arrays.stream(cell.indexes, 0, cell.distinctIndexes).boxed().toList(),
                cell.first.amdFlags().isPresent() ? OptionalInt.of(cell.flags) : OptionalInt.empty(),
                cell.first.amdFlags().isPresent() ? OptionalInt.of(cell.commonFlags) : OptionalInt.empty(),
                cell.timed ? cell.first.time().map(time -> new LogTime(time.clock(), cell.lastNanos)) : Optional.empty(), cell.first.segment());
    }

    /** The same, in the segment that the functions which the log shows leave for it; VT-d's lines did not name it before Linux 7.2. */
    FaultGroup among(DeviceTable devices) {
        return segment.isPresent() || source().isEmpty() ? this : new FaultGroup(first, file, count, pattern, lowest, highest, pages, indexes, amdFlags,
                commonFlags, last, devices.segmentOf(source().get()));
    }

    /** Who wrote the lines. */
    public Dialect dialect() {
        return first.dialect();
    }

    /** What sort of request was refused. */
    public FaultKind kind() {
        return first.kind();
    }

    /** Direction. */
    public Access access() {
        return first.access();
    }

    /** VT-d reason, if the log gives one that the specification defines. */
    public Optional<FaultReason> reason() {
        return first.reason().isPresent() ? FaultReason.of(first.reason().getAsInt()) : Optional.empty();
    }

    /** Whether the reason is one of these. */
    public boolean reasonIs(FaultReason... any) {
        return reason().filter(Arrays.asList(any)::contains).isPresent();
    }

    /** The requester id. */
    public Optional<SourceId> source() {
        return first.source();
    }

    /** The function with that requester id; empty if it could be one of several segments. */
    public Optional<Sbdf> device() {
        return segment.isEmpty() ? Optional.empty() : first.source().map(id -> id.in(segment.getAsInt()));
    }

    /** Whether any of the addresses kept lies in {@code first..last}, inclusive. */
    public boolean touches(long from, long to) {
        return pages.stream().anyMatch(page -> Long.compareUnsigned(page | 0xfff, from) >= 0 && Long.compareUnsigned(page, to) <= 0);
    }

    /** Whether all of the addresses kept lie in {@code first..last}, inclusive. */
    public boolean within(long from, long to) {
        return !pages.isEmpty() && pages.stream().allMatch(page -> Long.compareUnsigned(page | 0xfff, from) >= 0 && Long.compareUnsigned(page, to) <= 0);
    }

    /** One sentence for people: what was refused, whose, where and why. */
    public String says() {
        StringBuilder text = new StringBuilder();
        text.append(switch (first.kind()) {
            case DMA -> access() == Access.UNKNOWN ? "DMA" : "DMA " + access().name().toLowerCase(Locale.ROOT);
            case INTERRUPT -> "interrupt";
            case UNIT -> "remapping unit event";
        });
        first.amdEvent().ifPresent(event -> text.append(' ').append(event));
        source().ifPresent(id -> text.append(" from ").append(first.segment().isPresent() ? device().map(Sbdf::toString).orElse("") : id.toString()));
        first.oddSource().ifPresent(odd -> text.append(" from ").append(odd));
        if (lowest().isPresent()) {
            text.append(lowest().equals(highest()) ? " at 0x" + Long.toHexString(lowest().getAsLong())
                    : " at 0x" + Long.toHexString(lowest().getAsLong()) + " to 0x" + Long.toHexString(highest().getAsLong()));
        }
        if (!indexes.isEmpty()) {
            text.append(", index ").append(indexes.stream().map(index -> "0x" + Integer.toHexString(index)).collect(Collectors.joining(" ")));
        }
        if (first.reason().isPresent()) {
            int code = first.reason().getAsInt();
            text.append(": reason ").append(code < 0x10 ? "0" : "").append(Integer.toHexString(code)).append("h, ")
                    .append(reason().map(FaultReason::meaning).orElse("which the specification does not define"));
        }
        amdFlags.ifPresent(flags -> text.append(", flags 0x").append(HexFormat.of().toHexDigits((short) flags)));
        return text.append(count == 1 ? "" : ", " + count + " times").toString();
    }
}
