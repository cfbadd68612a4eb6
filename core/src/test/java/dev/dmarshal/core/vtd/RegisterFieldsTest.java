package dev.dmarshal.core.vtd;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.dmarshal.core.memory.BitField;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Every register's fields: vectors typed by hand, reserved bits typed by hand, tiling and round trip. */
class RegisterFieldsTest {

    /** Register, value, fields of the value, reserved bits. */
    private static final String VECTORS = """
            VER|10|MAX=0x1|ffffffffffffff00
            VER|65|MIN=0x5 MAX=0x6|ffffffffffffff00
            CAP|d2008c22260206|ND=0x6 SAGAW=0x2 MGAW=0x26 FRO=0x22 SSLPS=0x3 PSI=0x1 MAMV=0x12 DWD=0x1 DRD=0x1|060000400080e000
            CAP|e8c0020000400099|ND=0x1 AFL=0x1 RWBF=0x1 CM=0x1 ZLR=0x1 NFR=0x2 DWD=0x1 DRD=0x1 PI=0x1 ECMDS=0x1 ESIRTPS=0x1 ESRTPS=0x1|060000400080e000
            CAP|1100000000000060|PLMR=0x1 PHMR=0x1 FS1GP=0x1 FS5LP=0x1|060000400080e000
            ECAP|95|C=0x1 DT=0x1 EIM=0x1 SC=0x1|ffcc0001190c0020
            ECAP|f00f4a|QI=0x1 IR=0x1 PT=0x1 IRO=0xf MHMV=0xf|ffcc0001190c0020
            GCMD|ff800000|CFI=0x1 SIRTP=0x1 IRE=0x1 QIE=0x1 WBF=0x1 EAFL=0x1 SFL=0x1 SRTP=0x1 TE=0x1|ffffffff007fffff
            GSTS|c7000000|IRTPS=0x1 IRES=0x1 QIES=0x1 RTPS=0x1 TES=0x1|ffffffff007fffff
            GSTS|38800000|CFIS=0x1 WBFS=0x1 AFLS=0x1 FLS=0x1|ffffffff007fffff
            RTADDR|123456789400|TTM=0x1 RTA=0x123456789|3ff
            CCMD|a800000212340005|DID=0x5 SID=0x1234 FM=0x2 CAIG=0x1 CIRG=0x1 ICC=0x1|07fffffc00000000
            IVA|7fff0041|AM=0x1 IH=0x1 ADDR=0x7fff0|f80
            IOTLB|b403002a00000000|DID=0x2a DW=0x1 DR=0x1 IAIG=0x2 IIRG=0x3 IVT=0x1|49fc0000ffffffff
            PMEN|80000001|PRS=0x1 EPM=0x1|ffffffff7ffffffe
            PLMBASE|600000|BASE=0x3|ffffffff001fffff
            PLMLIMIT|ffe00000|LIMIT=0x7ff|ffffffff001fffff
            PHMBASE|100000000|BASE=0x800|1fffff
            PHMLIMIT|ffffffffffe00000|LIMIT=0x7ffffffffff|1fffff
            FSTS|37f|PFO=0x1 PPF=0x1 AFO=0x1 APF=0x1 IQE=0x1 ICE=0x1 ITE=0x1 FRI=0x3|ffffffffffff0080
            FECTL|c0000000|IP=0x1 IM=0x1|ffffffff3fffffff
            IECTL|80000000|IM=0x1|ffffffff3fffffff
            PECTL|40000000|IP=0x1|ffffffff3fffffff
            FEDATA|12344021|IMD=0x4021 EIMD=0x1234|ffffffff00000000
            FEADDR|fee01004|MA=0x3fb80401|ffffffff00000003
            FEUADDR|100|MUA=0x100|ffffffff00000000
            IEDATA|ffff0031|IMD=0x31 EIMD=0xffff|ffffffff00000000
            PEDATA|31|IMD=0x31|ffffffff00000000
            IEADDR|fee00000|MA=0x3fb80000|ffffffff00000003
            PEADDR|4|MA=0x1|ffffffff00000003
            IEUADDR|ffffff00|MUA=0xffffff00|ffffffff00000000
            PEUADDR|1|MUA=0x1|ffffffff00000000
            AFLOG|12345200|FLS=0x1 FLA=0x12345|1ff
            FRCD_LOW|abcdef123000|FI=0xabcdef123|fff
            FRCD_HIGH|c000000500000100|SID=0x100 FR=0x5 T1=0x1 F=0x1|0fff0000
            FRCD_HIGH|a0ABCD71f0000018|SID=0x18 T2=0x1 PRIV=0x1 EXE=0x1 PP=0x1 FR=0x71 PASID=0xabcd AT=0x2 F=0x1|0fff0000
            IQH|7fff0|QH=0x7fff|fffffffffff8000f
            IQT|30|QT=0x3|fffffffffff8000f
            IQA|20803|QS=0x3 DW=0x1 IQA=0x20|7f8
            ICS|1|IWC=0x1|fffffffffffffffe
            IQERCD|1234567800000006|IQEI=0x6 ITESID=0x5678 ICESID=0x1234|fffffff0
            IRTA|1f000080f|S=0xf EIME=0x1 IRTA=0x1f0000|7f0
            PQH|7ffe0|PQH=0x3fff|fffffffffff8001f
            PQT|20|PQT=0x1|fffffffffff8001f
            PQA|5007|PQS=0x7 PQA=0x5|ff8
            PRS|3|PPR=0x1 PRO=0x1|fffffffffffffffc
            MTRRCAP|50a|VCNT=0xa FIX=0x1 WC=0x1|fffffffffffffa00
            MTRRDEF|c06|TYPE=0x6 FE=0x1 E=0x1|fffffffffffff300
            MTRR_FIX|606060606060606|TYPES=0x606060606060606|0
            MTRR_PHYSBASE|c0000006|TYPE=0x6 BASE=0xc0000|f00
            MTRR_PHYSMASK|3fc0000800|V=0x1 MASK=0x3fc0000|7ff
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
            assertThat(Long.toHexString(name.fields().reserved(0))).as(line).isEqualTo(row[3].replaceFirst("^0+(?=.)", ""));
        }
        assertThat(seen).contains(RegisterName.values());
    }

    @Test
    void ecapBitsOfScalableModeAreWhereQemuSetsThem() {
        long scalable = 0x480080f00f4aL;
        long first = 0x880000f00f4aL;
        assertThat(CapabilityFields.Ecap.SMTS.isSet(scalable)).isTrue();
        assertThat(CapabilityFields.Ecap.SSTS.isSet(scalable)).isTrue();
        assertThat(CapabilityFields.Ecap.FSTS.isSet(scalable)).isFalse();
        assertThat(CapabilityFields.Ecap.SMTS.isSet(first)).isTrue();
        assertThat(CapabilityFields.Ecap.FSTS.isSet(first)).isTrue();
        assertThat(CapabilityFields.Ecap.SSTS.isSet(first)).isFalse();
        assertThat(CapabilityFields.Cap.FS1GP.isSet(0x1d2008c222f0606L)).isTrue();
        assertThat(CapabilityFields.Ecap.LAYOUT.describe(0x0030_0000_0000_0000L)).isEqualTo("ECAP{ADMS=0x1 RPRIVS=0x1}");
        assertThat(CapabilityFields.Ecap.LAYOUT.describe(0x0003_0000_0000_0000L)).isEqualTo("ECAP{SMPWCS=0x1 RPS=0x1}");
        assertThat(CapabilityFields.Ecap.LAYOUT.describe(0x0000_37ff_e600_0000L)).isEqualTo(
                "ECAP{MTS=0x1 NEST=0x1 PRS=0x1 ERS=0x1 SRS=0x1 NWFS=0x1 EAFS=0x1 "
                        + "PSS=0x1f PASID=0x1 DIT=0x1 PDS=0x1 VCS=0x1 SSADS=0x1 reserved[0]=0x100000000}");
    }

    @Test
    void fieldsAndReservedBitsTileTheWordAndFieldsKeepTheirHandsOffEachOther() {
        Random random = new Random(3);
        for (RegisterName name : RegisterName.values()) {
            long union = name.fields().reserved(0);
            for (BitField field : name.fields().fields(0)) {
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
            assertThat(name.bits() == 32 && name.fields().defined(0) >>> 32 != 0).as("%s fits its width", name).isFalse();
        }
    }

    @Test
    void layoutsRefuseOverlapsAndWrongWordCounts() {
        BitField a = BitField.of("A", 0, 4);
        BitField b = BitField.of("B", 3, 1);
        assertThatThrownBy(() -> FieldLayout.of("X", a, b)).isInstanceOf(IllegalArgumentException.class).hasMessage("X.B overlaps another field");
        assertThatThrownBy(() -> FieldLayout.of("X", a).describe(1, 2)).isInstanceOf(IllegalArgumentException.class);
        FieldLayout two = FieldLayout.of("X", a).then(b);
        assertThat(two.wordCount()).isEqualTo(2);
        assertThat(two.describe(0x15, 0x9)).isEqualTo("X{A=0x5 reserved[0]=0x10 B=0x1 reserved[1]=0x1}");
        assertThat(two.reservedSet(0x5, 0x8)).isFalse();
        assertThat(two.reservedSet(0x5, 0x1)).isTrue();
        assertThat(two.toString()).isEqualTo("X");
    }
}
