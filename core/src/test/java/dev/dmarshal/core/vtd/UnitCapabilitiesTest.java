package dev.dmarshal.core.vtd;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.dmarshal.core.memory.BitField;
import java.util.List;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;

class UnitCapabilitiesTest {

    @Test
    void decodesTheRegistersOfAnEmulatedUnit() {
        UnitCapabilities unit = new UnitCapabilities(0xD2_008C_222F_0606L, 0xF00F4AL, 39);
        assertThat(unit.domainBits()).isEqualTo(16);
        assertThat(unit.maximumGuestWidth()).isEqualTo(48);
        assertThat(unit.supports(AddressWidth.BITS_39)).isTrue();
        assertThat(unit.supports(AddressWidth.BITS_48)).isTrue();
        assertThat(unit.supports(AddressWidth.BITS_57)).isFalse();
        assertThat(unit.faultRecords()).isEqualTo(1);
        assertThat(Capability.FAULT_RECORDS_OFFSET.get(unit.cap())).isEqualTo(0x22);
        assertThat(Capability.MAXIMUM_ADDRESS_MASK.get(unit.cap())).isEqualTo(18);
        assertThat(unit.hasExtended(ExtendedCapability.QUEUED_INVALIDATION)).isTrue();
        assertThat(unit.hasExtended(ExtendedCapability.COHERENT)).isFalse();
        assertThat(unit.hasExtended(ExtendedCapability.PASS_THROUGH)).isTrue();
        assertThat(unit.pasidBits()).isZero();
        assertThat(unit.toString()).contains("SAGAW=6", "MHMV=0xf", "HAW=39");
        assertThat(unit.toBuilder().build()).isEqualTo(unit);
    }

    @Test
    void pasidBitsFollowPss() {
        UnitCapabilities unit = scalable(b -> b.withExtended(ExtendedCapability.PASID, 1).withExtended(ExtendedCapability.PASID_SIZE, 19));
        assertThat(unit.pasidBits()).isEqualTo(20);
    }

    @Test
    void refusesImpossibleCombinationsWithTheReason() {
        refused(b -> b.with(Capability.DOMAINS, 7), "ND 7");
        refused(b -> b.with(Capability.ADDRESS_WIDTHS, 0b10110), "SAGAW bits 0 and 4");
        refused(b -> b.with(Capability.ADDRESS_WIDTHS, 0), "SAGAW is empty");
        refused(b -> b.with(Capability.ADDRESS_WIDTHS, 0b00010), "MGAW 48 is beyond the widest of SAGAW, 39");
        refused(b -> b.with(Capability.LARGE_PAGES, 2), "1 GiB pages without 2 MiB");
        refused(b -> b.with(Capability.LARGE_PAGES, 4), "SSLPS bits 2 and 3");
        refused(b -> b.with(Capability.FAULT_RECORDS_OFFSET, 8), "FRO");
        refused(b -> b.withExtended(ExtendedCapability.IOTLB_OFFSET, 2), "IRO");
        refused(b -> b.withExtended(ExtendedCapability.IOTLB_OFFSET, 0x22), "overlap");
        refused(b -> b.withExtended(ExtendedCapability.EXTENDED_INTERRUPT_MODE), "EIM needs IR");
        refused(b -> b.withExtended(ExtendedCapability.QUEUED_INVALIDATION, 0).withExtended(ExtendedCapability.DEVICE_TLB), "DT needs QI");
        refused(b -> b.withExtended(ExtendedCapability.PAGE_REQUESTS), "PRS needs DT");
        refused(b -> b.with(Capability.POSTED_INTERRUPTS, 1), "PI needs IR");
        refused(b -> b.withExtended(ExtendedCapability.FIRST_STAGE), "FSTS needs SMTS");
        refused(b -> b.withExtended(ExtendedCapability.SCALABLE_MODE), "translates nothing");
        refused(b -> b.withExtended(ExtendedCapability.SCALABLE_MODE, ExtendedCapability.FIRST_STAGE, ExtendedCapability.NESTED), "NEST needs SSTS");
        refused(b -> b.with(Capability.FIRST_STAGE_5_LEVELS, 1), "FS5LP needs FSTS");
        refused(b -> b.hostAddressWidth(53), "host address width 53");
    }

    @Test
    void refusesReservedBitsAndNumbersOutOfRange() {
        UnitCapabilities usual = UnitCapabilities.builder().build();
        for (int bit : new int[] {13, 23, 38, 57, 58}) {
            UnitCapabilities.Builder odd = new UnitCapabilities(usual.cap() | 1L << bit, usual.ecap(), 46).toBuilder();
            assertThatThrownBy(odd::build).hasMessageContaining("CAP has reserved bits");
        }
        assertThatThrownBy(new UnitCapabilities(usual.cap(), usual.ecap() | 1L << 54, 46).toBuilder()::build).hasMessageContaining("ECAP has reserved bits");
        refused(b -> b.with(Capability.MAXIMUM_WIDTH, 28), "MGAW 29 is not in 30..57");
        refused(b -> b.withExtended(ExtendedCapability.SCALABLE_MODE, ExtendedCapability.SECOND_STAGE, ExtendedCapability.PASID)
                .withExtended(ExtendedCapability.PASID_SIZE, 20), "PSS is beyond 20 bits");
        refused(b -> b.withExtended(ExtendedCapability.PASID_SIZE, 1), "PSS without PASID");
    }

    @Test
    void refusesFeaturesWithoutWhatTheyRestOn() {
        record Needs(BitField feature, BitField prerequisite) {
        }
        List<Needs> rules = List.of(new Needs(ExtendedCapability.INTERRUPT_REMAPPING, ExtendedCapability.QUEUED_INVALIDATION),
                new Needs(ExtendedCapability.PAGE_REQUEST_DRAIN, ExtendedCapability.PAGE_REQUESTS),
                new Needs(ExtendedCapability.INVALIDATION_THROTTLE, ExtendedCapability.DEVICE_TLB),
                new Needs(ExtendedCapability.NO_WRITE_FLAG, ExtendedCapability.DEVICE_TLB),
                new Needs(ExtendedCapability.SECOND_STAGE, ExtendedCapability.SCALABLE_MODE),
                new Needs(ExtendedCapability.RID_PASID, ExtendedCapability.SCALABLE_MODE),
                new Needs(ExtendedCapability.SCALABLE_COHERENT, ExtendedCapability.SCALABLE_MODE),
                new Needs(ExtendedCapability.PASID, ExtendedCapability.SCALABLE_MODE),
                new Needs(ExtendedCapability.SECOND_STAGE_ACCESSED_DIRTY, ExtendedCapability.SECOND_STAGE),
                new Needs(ExtendedCapability.EXTENDED_ACCESSED, ExtendedCapability.FIRST_STAGE),
                new Needs(ExtendedCapability.EXECUTE_REQUESTS, ExtendedCapability.PASID),
                new Needs(ExtendedCapability.SUPERVISOR_REQUESTS, ExtendedCapability.PASID),
                new Needs(ExtendedCapability.RID_PRIVILEGED, ExtendedCapability.SUPERVISOR_REQUESTS));
        for (Needs rule : rules) {
            refused(b -> b.withExtended(rule.prerequisite, 0).withExtended(rule.feature), rule.feature.name() + " needs " + rule.prerequisite.name());
        }
        refused(b -> b.withExtended(ExtendedCapability.SCALABLE_MODE, ExtendedCapability.SECOND_STAGE, ExtendedCapability.NESTED), "NEST needs FSTS");
        refused(b -> b.with(Capability.FIRST_STAGE_1G, 1), "FS1GP needs FSTS");
        refused(b -> b.with(Capability.SELF_INVALIDATING_INTERRUPT_POINTER, 1), "ESIRTPS needs IR");
    }

    private static void refused(UnaryOperator<UnitCapabilities.Builder> change, String reason) {
        assertThatThrownBy(() -> change.apply(UnitCapabilities.builder()).build()).isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(reason);
    }

    private static UnitCapabilities scalable(UnaryOperator<UnitCapabilities.Builder> change) {
        return change.apply(UnitCapabilities.builder().withExtended(ExtendedCapability.SCALABLE_MODE, ExtendedCapability.SECOND_STAGE)).build();
    }
}
