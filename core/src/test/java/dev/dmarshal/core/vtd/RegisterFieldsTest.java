package dev.dmarshal.core.vtd;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.dmarshal.core.memory.BitField;
import dev.dmarshal.core.memory.EntryLayout;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Every register's fields: vectors typed by hand, reserved bits typed by hand, tiling and round trip. */
class RegisterFieldsTest {

    /** Register, value, fields of the value, reserved bits. */
    private static final String VECTORS = """
            VER|10|MAX=1|ffffffffffffff00
            VER|65|MIN=5 MAX=6|ffffffffffffff00
            CAP|d2008c22260206|ND=6 SAGAW=2 MGAW=0x26 FRO=0x22 SSLPS=3 PSI=1 MAMV=0x12 DWD=1 DRD=1|060000400080e000
            CAP|e8c0020000400099|ND=1 AFL=1 RWBF=1 CM=1 ZLR=1 NFR=2 DWD=1 DRD=1 PI=1 ECMDS=1 ESIRTPS=1 ESRTPS=1|060000400080e000
            CAP|1100000000000060|PLMR=1 PHMR=1 FS1GP=1 FS5LP=1|060000400080e000
            ECAP|95|C=1 DT=1 EIM=1 SC=1|ffc40001190c0020
            ECAP|f00f4a|QI=1 IR=1 PT=1 IRO=0xf MHMV=0xf|ffc40001190c0020
            GCMD|ff800000|CFI=1 SIRTP=1 IRE=1 QIE=1 WBF=1 EAFL=1 SFL=1 SRTP=1 TE=1|ffffffff007fffff
            GSTS|c7000000|IRTPS=1 IRES=1 QIES=1 RTPS=1 TES=1|ffffffff007fffff
            GSTS|38800000|CFIS=1 WBFS=1 AFLS=1 FLS=1|ffffffff007fffff
            RTADDR|123456789400|TTM=1 RTA=0x123456789|3ff
            CCMD|a800000212340005|DID=5 SID=0x1234 FM=2 CAIG=1 CIRG=1 ICC=1|07fffffc00000000
            IVA|7fff0041|AM=1 IH=1 ADDR=0x7fff0|f80
            IOTLB|b403002a00000000|DID=0x2a DW=1 DR=1 IAIG=2 IIRG=3 IVT=1|49fc0000ffffffff
            PMEN|80000001|PRS=1 EPM=1|ffffffff7ffffffe
            PLMBASE|600000|BASE=3|ffffffff001fffff
            PLMLIMIT|ffe00000|LIMIT=0x7ff|ffffffff001fffff
            PHMBASE|100000000|BASE=0x800|1fffff
            PHMLIMIT|ffffffffffe00000|LIMIT=0x7ffffffffff|1fffff
            FSTS|37f|PFO=1 PPF=1 AFO=1 APF=1 IQE=1 ICE=1 ITE=1 FRI=3|ffffffffffff0080
            FECTL|c0000000|IP=1 IM=1|ffffffff3fffffff
            IECTL|80000000|IM=1|ffffffff3fffffff
            PECTL|40000000|IP=1|ffffffff3fffffff
            FEDATA|12344021|IMD=0x4021 EIMD=0x1234|ffffffff00000000
            FEADDR|fee01004|MA=0x3fb80401|ffffffff00000003
            FEUADDR|100|MUA=0x100|ffffffff00000000
            IEDATA|ffff0031|IMD=0x31 EIMD=0xffff|ffffffff00000000
            PEDATA|31|IMD=0x31|ffffffff00000000
            IEADDR|fee00000|MA=0x3fb80000|ffffffff00000003
            PEADDR|4|MA=1|ffffffff00000003
            IEUADDR|ffffff00|MUA=0xffffff00|ffffffff00000000
            PEUADDR|1|MUA=1|ffffffff00000000
            AFLOG|12345200|FLS=1 FLA=0x12345|1ff
            FRCD_LOW|abcdef123000|FI=0xabcdef123|fff
            FRCD_HIGH|c000000500000100|SID=0x100 FR=5 T1=1 F=1|0fff0000
            FRCD_HIGH|a0ABCD71f0000018|SID=0x18 T2=1 PRIV=1 EXE=1 PP=1 FR=0x71 PASID=0xabcd AT=2 F=1|0fff0000
            IQH|7fff0|QH=0x7fff|fffffffffff8000f
            IQT|30|QT=3|fffffffffff8000f
            IQA|20803|QS=3 DW=1 IQA=0x20|7f8
            ICS|1|IWC=1|fffffffffffffffe
            IQERCD|1234567800000006|IQEI=6 ITESID=0x5678 ICESID=0x1234|fffffff0
            IRTA|1f000080f|S=0xf EIME=1 IRTA=0x1f0000|7f0
            PQH|7ffe0|PQH=0x3fff|fffffffffff8001f
            PQT|20|PQT=1|fffffffffff8001f
            PQA|5007|PQS=7 PQA=5|ff8
            PRS|3|PPR=1 PRO=1|fffffffffffffffc
            MTRRCAP|50a|VCNT=0xa FIX=1 WC=1|fffffffffffffa00
            MTRRDEF|c06|TYPE=6 FE=1 E=1|fffffffffffff300
            MTRR_FIX|606060606060606|TYPES=0x606060606060606|0
            MTRR_PHYSBASE|c0000006|TYPE=6 BASE=0xc0000|f00
            MTRR_PHYSMASK|3fc0000800|V=1 MASK=0x3fc0000|7ff
            """;

    @Test
    void fieldsAndReservedBitsAreThoseTypedByHand() {
        List<RegisterName> seen = new ArrayList<>();
        for (String line : VECTORS.strip().split("\n")) {
            String[] row = line.split("\\|");
            RegisterName name = RegisterName.valueOf(row[0]);
            seen.add(name);
            long value = Long.parseUnsignedLong(row[1], 16);
            assertThat(name.describe(value)).as(line).isEqualTo(name + "{" + row[2] + "}");
            assertThat(Long.toHexString(name.fields().reservedMask(0))).as(line).isEqualTo(row[3].replaceFirst("^0+(?=.)", ""));
        }
        assertThat(seen).contains(RegisterName.values());
    }

    @Test
    void ecapBitsOfScalableModeAreWhereQemuSetsThem() {
        long scalable = 0x480080f00f4aL;
        long first = 0x880000f00f4aL;
        assertThat(ExtendedCapability.SCALABLE_MODE.isSet(scalable)).isTrue();
        assertThat(ExtendedCapability.SECOND_STAGE.isSet(scalable)).isTrue();
        assertThat(ExtendedCapability.FIRST_STAGE.isSet(scalable)).isFalse();
        assertThat(ExtendedCapability.SCALABLE_MODE.isSet(first)).isTrue();
        assertThat(ExtendedCapability.FIRST_STAGE.isSet(first)).isTrue();
        assertThat(ExtendedCapability.SECOND_STAGE.isSet(first)).isFalse();
        assertThat(Capability.FIRST_STAGE_1G.isSet(0x1d2008c222f0606L)).isTrue();
        assertThat(ExtendedCapability.LAYOUT.describeSet(0x0030_0000_0000_0000L)).isEqualTo("ECAP{ADMS=1 RPRIVS=1}");
        assertThat(ExtendedCapability.LAYOUT.describeSet(0x0003_0000_0000_0000L)).isEqualTo("ECAP{SMPWCS=1 RPS=1}");
        assertThat(ExtendedCapability.LAYOUT.describeSet(0x0000_37ff_e600_0000L)).isEqualTo(
                "ECAP{MTS=1 NEST=1 PRS=1 ERS=1 SRS=1 RSVD[32]=1 NWFS=1 EAFS=1 "
                        + "PSS=0x1f PASID=1 DIT=1 PDS=1 VCS=1 SSADS=1}");
    }

    @Test
    void fieldsAndReservedBitsTileTheWordAndFieldsKeepTheirHandsOffEachOther() {
        Random random = new Random(3);
        for (RegisterName name : RegisterName.values()) {
            long union = name.fields().reservedMask(0);
            for (BitField field : name.fields().words().get(0).fields()) {
                if (field.name().startsWith("RSVD")) {
                    continue;
                }
                assertThat(union & field.mask()).as("%s.%s", name, field.name()).isZero();
                union |= field.mask();
                long before = random.nextLong();
                long value = field.get(random.nextLong());
                long after = field.set(before, value);
                assertThat(field.get(after)).isEqualTo(value);
                assertThat((after ^ before) & ~field.mask()).isZero();
            }
            assertThat(union).as("%s", name).isEqualTo(-1L);
            assertThat(name.bits()).isIn(32, 64);
            assertThat(name.bits() == 32 && name.fields().definedMask(0) >>> 32 != 0).as("%s fits its width", name).isFalse();
        }
    }

    @Test
    void layoutsRefuseOverlapsAndWrongWordCounts() {
        BitField a = BitField.of("A", 0, 4);
        BitField b = BitField.of("B", 3, 1);
        assertThatThrownBy(() -> EntryLayout.of("X", a, b)).isInstanceOf(IllegalArgumentException.class).hasMessage("B starts at bit 3, not at 4");
        assertThatThrownBy(() -> EntryLayout.of("X", a).describe(1, 2)).isInstanceOf(IllegalArgumentException.class);
        EntryLayout two = EntryLayout.of("X", a).then(b);
        assertThat(two.words().size()).isEqualTo(2);
        assertThat(two.describe(0x15, 0x9)).isEqualTo("X{A=5 RSVD[63:4]=1 RSVD[2:0]=1 B=1}");
        assertThat(two.reservedSet(0x5, 0x8)).isFalse();
        assertThat(two.reservedSet(0x5, 0x1)).isTrue();
    }
}
