package dev.dmarshal.core.vtd;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.dmarshal.core.vtd.DescriptorFields.Wait;
import dev.dmarshal.core.vtd.InvalidationDescriptor.Type;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;

/** Descriptors, interrupt entries and messages: words typed by hand, reserved bits, decoding, refusal of bad values. */
class DescriptorsTest {

    @Test
    void invalidationDescriptorsHaveTheWordsOfTheSpecification() {
        check(InvalidationDescriptor.contexts(), 0x11, 0);
        check(InvalidationDescriptor.contextsOfDomain(0x1234), 0x1234_0021, 0);
        check(InvalidationDescriptor.contextsOfDevice(5, 0x0318, 2), 0x2_0318_0005_0031L, 0);
        check(InvalidationDescriptor.translations(), 0x12, 0);
        check(InvalidationDescriptor.translationsOfDomain(0xffff), 0xffff_0022L, 0);
        check(InvalidationDescriptor.pages(7, 0x7f_ffff_f000L, 9, true), 0x0007_0032, 0x7f_ffff_f049L);
        check(InvalidationDescriptor.deviceTlb(0x1234, 0x5000), 0x1230_1234_0000_4003L, 0x5000);
        check(InvalidationDescriptor.interrupts(), 0x4, 0);
        check(InvalidationDescriptor.interrupts(0xabcd, 3), 0xabcd_1800_0014L, 0);
        check(InvalidationDescriptor.await(0x1_0000_0004L, 2), 0x2_0000_0025L, 0x1_0000_0004L);
        check(InvalidationDescriptor.await().with(0, Wait.IF, 1).with(0, Wait.FN, 1).with(0, Wait.PD, 1), 0xd5, 0);
        check(InvalidationDescriptor.translationsOfPasid(9, 0xfffff), 0xf_ffff_0009_0026L, 0);
        check(InvalidationDescriptor.pagesOfPasid(9, 1, 0xffff_8000_0000_0000L, 0), 0x1_0009_0036L, 0xffff_8000_0000_0000L);
        check(InvalidationDescriptor.pasids(), 0x37, 0);
        check(InvalidationDescriptor.pasidsOfDomain(3), 0x3_0007, 0);
        check(InvalidationDescriptor.pasid(3, 0x42), 0x42_0003_0017L, 0);
        check(InvalidationDescriptor.deviceTlbOfPasid(0x0100, 7, 0x9000), 0x0100_0007_0100_0008L, 0x9000);
        check(InvalidationDescriptor.respond(new PageGroupResponse(0x100, OptionalInt.of(7), 511, true, 1)), 0x7_0100_1019L, 0xffc);
    }

    private static void check(InvalidationDescriptor descriptor, long word0, long word1) {
        assertThat(descriptor).isEqualTo(new InvalidationDescriptor(word0, word1, 0, 0));
        assertThat(descriptor.reservedSet()).as("%s", descriptor).isFalse();
    }

    @Test
    void reservedBitsOfEachTypeAreThoseTypedByHand() {
        long[][] expected = {
            {0xfffc_0000_0000_f1c0L, -1, -1, -1}, {0xffff_ffff_0000_f100L, 0xf80, -1, -1}, {0x000f_0000_ffe0_01f0L, 0xffe, -1, -1},
            {0xffff_0000_07ff_f1e0L, -1, -1, -1}, {0xffff_f100L, 3, -1, -1}, {0xfff0_0000_0000_f1c0L, 0xf80, -1, -1},
            {0xfff0_0000_0000_f1c0L, -1, -1, -1}, {0, 0x7fe, -1, -1}, {0xfff0_0000_0000_01c0L, 0xffff_ffff_ffff_f003L, 0, 0}};
        for (Type type : Type.values()) {
            for (int word = 0; word < 4; word++) {
                assertThat(Long.toHexString(type.fields().reservedMask(word))).as("%s word %d", type, word)
                        .isEqualTo(Long.toHexString(expected[type.ordinal()][word]));
            }
        }
        assertThat(Long.toHexString(DescriptorFields.PageRequest.LAYOUT.reservedMask(0))).isEqualTo("ffc000000000fc00");
        assertThat(DescriptorFields.PageRequest.LAYOUT.reservedMask(1)).isZero();
    }

    @Test
    void typeHasSevenBits() {
        assertThat(InvalidationDescriptor.typeCode(0x0e0f)).isEqualTo(0x7f);
        assertThat(new InvalidationDescriptor(0x0205, 0, 0, 0).type()).isEmpty();
        assertThat(new InvalidationDescriptor(0, 0, 0, 0).type()).isEmpty();
        assertThat(new InvalidationDescriptor(10, 0, 0, 0).type()).isEmpty();
        assertThat(new InvalidationDescriptor(10, 0, 0, 0).reservedSet()).isTrue();
        assertThat(new InvalidationDescriptor(9, 0, 0, 0).type()).contains(Type.PAGE_GROUP_RESPONSE);
        assertThat(Type.of(5)).contains(Type.WAIT);
    }

    @Test
    void descriptorsPrintTheirFields() {
        assertThat(InvalidationDescriptor.await(0x1000, 2)).hasToString("Wait{TYPE=5 SW=1 STATUS=2 ADDR=0x400}");
        assertThat(new InvalidationDescriptor(0x60f, 1, 0, 0)).hasToString("Unknown{type=63 word0=0x60f word1=0x1}");
        assertThatThrownBy(() -> InvalidationDescriptor.contexts().with(4, Wait.IF, 0)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> InvalidationDescriptor.contextsOfDomain(0x10000)).isInstanceOf(IllegalArgumentException.class);
        InvalidationDescriptor upper = InvalidationDescriptor.contexts().with(2, DescriptorFields.PageGroup.PRIVATE_LOW, 1)
                .with(3, DescriptorFields.PageGroup.PRIVATE_HIGH, 2);
        assertThat(upper.reservedSet()).isTrue();
    }

    @Test
    void pageRequestsAndResponsesRoundTrip() {
        PageRequestDescriptor request = new PageRequestDescriptor(0x0318, OptionalInt.of(0xabcde), 0xffff_ffff_ffff_f000L, 0x1aa, true, true,
                false, true, false);
        assertThat(Long.toHexString(request.word0())).isEqualTo("1abcde03180101");
        assertThat(Long.toHexString(request.word1())).isEqualTo("fffffffffffffd55");
        assertThat(PageRequestDescriptor.of(request.word0(), request.word1())).isEqualTo(request);
        PageRequestDescriptor plain = PageRequestDescriptor.single(8, 0x1000, 3, true);
        assertThat(plain.word0()).isEqualTo(0x80001);
        assertThat(plain.word1()).isEqualTo(0x101f);
        assertThat(PageRequestDescriptor.of(plain.word0(), plain.word1())).isEqualTo(plain);
        PageGroupResponse response = new PageGroupResponse(0x100, OptionalInt.empty(), 5, false, PageGroupResponse.FAILURE);
        assertThat(PageGroupResponse.of(response.toDescriptor())).isEqualTo(response);
        assertThat(response.toDescriptor().word0()).isEqualTo(0x0100_f009L);
    }

    @Test
    void irteLayoutsTile() {
        assertThat(Long.toHexString(Irte.REMAPPED.reservedMask(0))).isEqualTo("ff007000");
        assertThat(Long.toHexString(Irte.REMAPPED_XAPIC.reservedMask(0))).isEqualTo("ffff00ffff007000");
        assertThat(Long.toHexString(Irte.POSTED.reservedMask(0))).isEqualTo("3fff0030fc");
        assertThat(Long.toHexString(Irte.REMAPPED.reservedMask(1))).isEqualTo("fffffffffff00000");
        assertThat(Long.toHexString(Irte.POSTED.reservedMask(1))).isEqualTo("fff00000");
        assertThat(Long.toHexString(PostedDescriptor.LAYOUT.reservedMask(4))).isEqualTo("ff00fffc");
        assertThat(Long.toHexString(PostedDescriptor.LAYOUT_XAPIC.reservedMask(4))).isEqualTo("ffff00ffff00fffc");
        assertThat(PostedDescriptor.LAYOUT.reservedMask(3)).isZero();
        assertThat(PostedDescriptor.LAYOUT.reservedMask(5)).isEqualTo(-1L);
        assertThat(PostedDescriptor.LAYOUT.reservedMask(7)).isEqualTo(-1L);
    }

    @Test
    void irteBuildersSetTheBitsTypedByHand() {
        assertThat(Irte.xapic(0xed, 3).from(1, 0, 0x18)).isEqualTo(new Irte(0x300_00ed_0001L, 0x4_0018));
        assertThat(Irte.x2apic(0x31, 0x1_0203)).isEqualTo(new Irte(0x0001_0203_0031_0001L, 0));
        Irte full = Irte.x2apic(0, 0).withLow(Irte.FPD, 1).withLow(Irte.DM, 1).withLow(Irte.RH, 1).withLow(Irte.TM, 1).withLow(Irte.DLM, 7)
                .withLow(Irte.AVAIL, 0xa);
        assertThat(full.low()).isEqualTo(0xaff);
        Irte posted = Irte.posted(0x55, 0x1_2345_67c0L, true);
        assertThat(posted).isEqualTo(new Irte(0x2345_67c0_0055_c001L, 0x1_0000_0000L));
        assertThat(Irte.descriptorAddress(posted.low(), posted.high())).isEqualTo(0x1_2345_67c0L);
        assertThat(posted).hasToString("IrtePosted{P=1 URG=1 IM=1 V=0x55 PDAL=0x8d159f PDAH=1}");
        assertThat(Irte.xapic(1, 1)).hasToString("Irte{P=1 V=1 DST=0x100}");
        assertThatThrownBy(() -> Irte.posted(1, 0x20, false)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void sourceValidation() {
        Irte any = Irte.xapic(1, 0);
        assertThat(Irte.admits(any.from(0, 3, 0x1234).high(), 0)).isTrue();
        assertThat(Irte.admits(any.from(1, 0, 0x0318).high(), 0x0318)).isTrue();
        for (int qualifier = 0; qualifier < 4; qualifier++) {
            long high = any.from(1, qualifier, 0x0318).high();
            for (int function = 0; function < 8; function++) {
                boolean expected = switch (qualifier) {
                    case 0 -> function == 0;
                    case 1 -> (function & 3) == 0;
                    case 2 -> (function & 1) == 0;
                    default -> true;
                };
                assertThat(Irte.admits(high, 0x0318 | function)).as("SQ %d function %d", qualifier, function).isEqualTo(expected);
            }
            assertThat(Irte.admits(high, 0x0310)).isFalse();
        }
        long range = any.from(2, 0, 0x0507).high();
        assertThat(Irte.admits(range, 0x04ff)).isFalse();
        assertThat(Irte.admits(range, 0x0500)).isTrue();
        assertThat(Irte.admits(range, 0x07ff)).isTrue();
        assertThat(Irte.admits(range, 0x0800)).isFalse();
        assertThat(Irte.admits(any.from(3, 0, 0).high(), 0)).isFalse();
    }

    @Test
    void messagesOfBothFormats() {
        assertThat(InterruptMessage.remappable(0x8003)).isEqualTo(new InterruptMessage(0xfee0_0074L, 0));
        assertThat(InterruptMessage.remappable(4, 0xffff)).isEqualTo(new InterruptMessage(0xfee0_0098L, 0xffff));
        assertThat(InterruptMessage.compatible(0x41, 0x12)).isEqualTo(new InterruptMessage(0xfee1_2000L, 0x41));
        assertThat(InterruptMessage.handle(0xfeef_fff4L)).isEqualTo(0xffff);
        assertThat(InterruptMessage.remappable(4, 1)).hasToString("0xfee00098=0x1 handle 4 subhandle 1");
        assertThat(InterruptMessage.compatible(0x41, 2)).hasToString("0xfee02000=0x41 vector 0x41 to APIC 0x2");
        assertThat(new InterruptMessage(0x0001_0200_fee0_3000L, 0x31).destination()).isEqualTo(0x1_0203);
        assertThat(InterruptMessage.isInterrupt(0xfeef_ffffL)).isTrue();
        assertThat(InterruptMessage.isInterrupt(0xfedf_ffffL)).isFalse();
        assertThat(InterruptMessage.isInterrupt(0x1_fee0_0000L)).isFalse();
    }

    @Test
    void redirectionEntries() {
        assertThat(InterruptMessage.redirectionEntry(0x8001, 0x30, true)).isEqualTo(0x0003_0000_0000_8830L);
        assertThat(InterruptMessage.ofRedirectionEntry(0x0003_0000_0000_8830L)).isEqualTo(new InterruptMessage(0xfee0_0034L, 0xc030));
        assertThat(InterruptMessage.ofRedirectionEntry(0x0200_0000_0000_0941L)).isEqualTo(new InterruptMessage(0xfee0_2004L, 0x141));
    }
}
