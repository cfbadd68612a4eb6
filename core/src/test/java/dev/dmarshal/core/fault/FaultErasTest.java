package dev.dmarshal.core.fault;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dmarshal.core.SeededCases;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** The hand-written decoder against declared formats: random values written in the form of every era are read back, and no form escapes the filter. */
class FaultErasTest {

    private record Era(Dialect dialect, boolean hexReason, String... lines) {
    }

    private static final List<Era> ERAS = List.of(
            new Era(Dialect.LINUX_VTD, false, "dmar: DMAR:[DMA {rw}] Request device [{bdf}] fault addr {address} ", "DMAR:[fault reason {reason}] text"),
            new Era(Dialect.LINUX_VTD, false, "DMAR: DMAR:[DMA {rw}] Request device [{bdf}] fault addr {address} ", "DMAR:[fault reason {reason}] text"),
            new Era(Dialect.LINUX_VTD, false, "DMAR:[DMA {rw}] Request device [{bdf}] fault addr {address} ", "DMAR:[fault reason {reason}] text"),
            new Era(Dialect.LINUX_VTD, false, "INTR-REMAP: Request device [[{bdf}] fault index {index}", "INTR-REMAP:[fault reason {reason}] text"),
            new Era(Dialect.LINUX_VTD, false, "DMAR: [DMA {rw}] Request device [{bdf}] fault addr {address} [fault reason {reason}] text"),
            new Era(Dialect.LINUX_VTD, false, "DMAR: [INTR-REMAP] Request device [{bdf}] fault index {index} [fault reason {reason}] text"),
            new Era(Dialect.LINUX_VTD, false, "DMAR: [DMA {rw}] Request device [{bdf}] PASID {pasid} fault addr {address} [fault reason {reason}] text"),
            new Era(Dialect.LINUX_VTD, false, "DMAR: [DMA {rw}] Request device [{bdf}] PASID ffffffff fault addr {address} [fault reason {reason}] text"),
            new Era(Dialect.LINUX_VTD, true, "DMAR: [DMA {rw} NO_PASID] Request device [{xbdf}] fault addr 0x{address} [fault reason 0x{reason}] text"),
            new Era(Dialect.LINUX_VTD, true, "DMAR: [DMA {rw} PASID 0x{pasid}] Request device [{bdf}] fault addr 0x{address} [fault reason 0x{reason}] text"),
            new Era(Dialect.LINUX_VTD, true, "DMAR: [DMA {rw} NO_PASID] Request device [{sbdf}] fault addr 0x{address} [fault reason 0x{reason}] text"),
            new Era(Dialect.LINUX_VTD, true, "DMAR: [INTR-REMAP] Request device [{sbdf}] fault index 0x{index} [fault reason 0x{reason}] text"),
            new Era(Dialect.XEN_VTD, true, "(XEN) [VT-D]DMAR:[DMA {rw}] Request device [{bdf}] fault addr {address}, iommu reg = ffff82c3fff57000",
                    "(XEN) DMAR:[fault reason {reason}h] text"),
            new Era(Dialect.XEN_VTD, true, "(XEN) [VT-D]DMAR:[DMA {rw}] Request device [{sbdf}] fault addr {address}",
                    "(XEN) [VT-D]DMAR: reason {reason} - text"),
            new Era(Dialect.XEN_VTD, true, "(XEN) [VT-D]INTR-REMAP: Request device [{sbdf}] fault index {index}",
                    "(XEN) [VT-D]INTR-REMAP: reason {reason} - text on iommu:1"));

    private static final List<String> AMD = List.of("AMD-Vi: Event logged [IO_PAGE_FAULT device={bdf} domain=0x{domain} address=0x{address} flags=0x{flags}]",
            "AMD-Vi: Event logged [IO_PAGE_FAULT device={sbdf} domain=0x{domain} address=0x{address} flags=0x{flags}]",
            "xhci_hcd {sbdf}: AMD-Vi: Event logged [IO_PAGE_FAULT domain=0x{domain} address=0x{address} flags=0x{flags}]",
            "(XEN) AMD-Vi: IO_PAGE_FAULT: {sbdf} d1 addr {address} flags 0x{flags} RW PR");

    private static String fill(String text, Map<String, String> values) {
        String filled = text;
        for (Map.Entry<String, String> value : values.entrySet()) {
            filled = filled.replace("{" + value.getKey() + "}", value.getValue());
        }
        return filled;
    }

    private static int first(byte[] bytes) {
        return Prefilter.first(ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN), 0, bytes.length, bytes.length);
    }

    private static boolean passes(String line) {
        byte[] bytes = line.getBytes(StandardCharsets.US_ASCII);
        return first(bytes) >= 0;
    }

    @Test
    void everyEraIsReadBack() {
        SeededCases.run(500, random -> ERAS.forEach(era -> check(era, random)));
    }

    private static void check(Era era, Random random) {
        int bus = random.nextInt(256);
        int device = random.nextInt(32);
        int function = random.nextInt(8);
        int segment = random.nextInt(0x10000);
        long address = random.nextLong() & ~0xfffL;
        int index = random.nextInt(0x10000);
        int pasid = random.nextInt(1 << 20);
        int reason = random.nextInt(era.hexReason() ? 256 : 200);
        Map<String, String> values = new HashMap<>(Map.of("rw", random.nextBoolean() ? "Read" : "Write", "bdf", "%02x:%02x.%d".formatted(bus, device, function),
                "xbdf", "0x%02x:0x%02x.%d".formatted(bus, device, function), "sbdf", "%04x:%02x:%02x.%d".formatted(segment, bus, device, function),
                "address", Long.toHexString(address), "index", Integer.toHexString(index), "pasid", Integer.toHexString(pasid),
                "reason", (era.hexReason() ? "%02x" : "%02d").formatted(reason)));
        String[] lines = List.of(era.lines()).stream().map(line -> fill(line, values)).toArray(String[]::new);
        FaultEvent fault = Collected.of(lines).only();
        assertThat(lines).allMatch(FaultErasTest::passes);
        String first = era.lines()[0];
        assertThat(fault.dialect()).isEqualTo(era.dialect());
        assertThat(fault.source().orElseThrow().value()).isEqualTo(bus << 8 | device << 3 | function);
        assertThat(fault.reason()).hasValue(reason);
        assertThat(fault.segment().isPresent()).isEqualTo(first.contains("{sbdf}"));
        assertThat(fault.segment().orElse(segment)).isEqualTo(segment);
        assertThat(fault.pasid().isPresent()).isEqualTo(first.contains("{pasid}"));
        assertThat(fault.pasid().orElse(pasid)).isEqualTo(pasid);
        boolean interrupt = first.contains("{index}");
        assertThat(fault.kind()).isEqualTo(interrupt ? FaultKind.INTERRUPT : FaultKind.DMA);
        assertThat(fault.index().isPresent()).isEqualTo(interrupt);
        assertThat(fault.index().orElse(index)).isEqualTo(index);
        assertThat(fault.address().isPresent()).isEqualTo(!interrupt);
        assertThat(fault.address().orElse(address)).isEqualTo(address);
        assertThat(fault.access()).isEqualTo(interrupt ? Access.UNKNOWN : values.get("rw").equals("Read") ? Access.READ : Access.WRITE);
    }

    @Test
    void everyAmdFormIsReadBack() {
        SeededCases.run(500, random -> {
            for (String form : AMD) {
                long address = random.nextLong();
                int flags = random.nextInt(512) & ~8;
                int domain = random.nextInt(0x10000);
                String line = fill(form, Map.of("bdf", "0b:1f.7", "sbdf", "0000:0b:1f.7", "address", Long.toHexString(address), "flags",
                        Integer.toHexString(flags),
                        "domain", "%04x".formatted(domain)));
                FaultEvent fault = Collected.of("[   12.000001] " + line).only();
                assertThat(passes(line)).isTrue();
                assertThat(fault.source().orElseThrow()).hasToString("0b:1f.7");
                assertThat(fault.address()).hasValue(address);
                assertThat(fault.amdFlags()).hasValue(flags);
                assertThat(fault.domain()).hasValue(form.contains("{domain}") ? domain : 1);
                assertThat(fault.access()).isEqualTo((flags & 0x20) != 0 ? Access.WRITE : Access.READ);
                assertThat(fault.driver()).isEqualTo(form.startsWith("xhci") ? Optional.of("xhci_hcd") : Optional.empty());
            }
        });
    }

    @Test
    void everyWordingOfIommusAndVfioPassesTheFilterOrSaysNothingLater() {
        for (Wording wording : Wordings.all()) {
            String literal = wording.render(Map.of());
            if (literal.contains("DMAR") || literal.contains("AMD-Vi") || literal.contains("vfio") || literal.contains("INTR-REMAP")) {
                assertThat(passes(literal)).as(literal).isTrue();
            }
        }
    }

    @Test
    void filterIsExact() {
        SeededCases.run(2000, random -> {
            byte[] bytes = new byte[random.nextInt(200)];
            String letters = "MADEuvfi x";
            int wanted = bytes.length;
            for (int i = 0; i < bytes.length; i++) {
                bytes[i] = (byte) letters.charAt(random.nextInt(40) < 10 ? random.nextInt(letters.length()) : 9);
            }
            if (bytes.length > 20 && random.nextInt(4) == 0) {
                System.arraycopy(Ascii.of("Linux version"), 0, bytes, random.nextInt(bytes.length - 13), 13);
            }
            String text = new String(bytes, StandardCharsets.US_ASCII);
            for (String needle : List.of("MA", "MD", "vfi", "Linux version")) {
                int at = text.indexOf(needle);
                // The pair by which a boot is found stands inside its words.
                wanted = at < 0 ? wanted : Math.min(wanted, needle.startsWith("L") ? at + 3 : at);
            }
            int found = first(bytes);
            assertThat(found < 0 ? bytes.length : found).as(text).isEqualTo(wanted);
            ByteBuffer view = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
            assertThat(Prefilter.hit(view, 0, bytes.length) || wanted == bytes.length).as(text).isTrue();
            assertThat(Prefilter.newlines(ByteBuffer.wrap(text.replace('x', '\n').getBytes(StandardCharsets.US_ASCII)), 0, bytes.length))
                    .isEqualTo((int) text.chars().filter(c -> c == 'x').count());
        });
    }
}
