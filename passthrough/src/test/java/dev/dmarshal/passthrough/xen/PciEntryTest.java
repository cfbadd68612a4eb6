package dev.dmarshal.passthrough.xen;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dmarshal.host.HostRoot;
import dev.dmarshal.host.version.Release;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Entries of a guest's device list, and the virtual slots that they get. */
class PciEntryTest {

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "01:00.0                                  | 0000:01:00.0                                  | true",
        "0001:01:00.0                             | 0001:01:00.0                                  | true",
        "00:02.0@7                                | 0000:00:02.0@7                                | true",
        "36:00.0@1f,seize=1                       | 0000:36:00.0@1f,seize=1                       | true",
        "36:00.0,vslot=1f,seize=1                 | 0000:36:00.0@1f,seize=1                       | true",
        "bdf=36:00.0,vslot=1f,seize=1             | 0000:36:00.0@1f,seize=1                       | true",
        "01:00.0, permissive = 1 , msitranslate=0 | 0000:01:00.0,permissive=1,msitranslate=0      | true",
        "00:1a.*@6                                | 0000:00:1a.*@6                                | true",
        "0:2:0.0                                  | 0000:02:00.0                                  | true",
        "01:00.0,                                 | 0000:01:00.0                                  | true",
        "00:1a.0=1,1=0@8                          | 0000:00:1a.0,1@8=1,0                          | false",
        "00:1d.0=7-7=0,permissive=1               | 0000:00:1d.0=7,1=6,2=5,3=4,4=3,5=2,6=1,7=0,permissive=1 | false",
        "00:1a.1,2=5                              | 0000:00:1a.1=0,2=5                            | false",
        "00:1a.0,1,7                              | 0000:00:1a.0,1,7                              | false",
        "00:1a.0-2@5                              | 0000:00:1a.0,1,2@5                            | false",
        "00:1a.0,7@5=0,1,power_mgmt=1             | 0000:00:1a.0,7@5=0,1,power_mgmt=1             | false",
        "01:00.0,rdm_policy=strict,name=nic       | 0000:01:00.0,rdm_policy=strict,name=nic       | false"
    })
    void bothNotationsAreReadAndWrittenInOne(String text, String written, boolean xl) {
        assertThat(PciEntry.parse(text)).isInstanceOfSatisfying(PciEntry.Device.class, entry -> {
            assertThat(entry).hasToString(written);
            assertThat(XlRefusals.of(entry).isEmpty()).isEqualTo(xl);
            assertThat(PciEntry.parse(written)).isEqualTo(entry);
        });
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "01:00.0,permissive            | no option=value",
        "00:1a                         | no function is named",
        "00:1a.0=1-2=1                 | as many functions in the guest",
        "01:00.0,vslot=20              | 0 to 1f",
        "vslot=5                       | no device is named",
        "1:2:3:4.0                     | ''",
        "hello                         | ''"
    })
    void whatXlWouldRefuseIsUnreadable(String text, String words) {
        assertThat(PciEntry.parse(text)).isInstanceOfSatisfying(PciEntry.Unreadable.class, entry -> assertThat(entry.reason()).contains(words).isNotBlank());
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "01:00.0@5,permissive=1,msitranslate=0,power_mgmt=1,seize=1,rdm_policy=relaxed | ''",
        "00:1a.*@6                | ''",
        "00:1a.*                  | wants a virtual slot",
        "00:1a.0-2                | an entry for each",
        "00:1a.7@5=1              | cannot be told functions",
        "01:00.0,name=nic         | a place or a name",
        "01:00.0,pirq=1           | no option pirq",
        "01:00.0,rdm_policy=none  | strict or relaxed"
    })
    void whatXlReadsOfIt(String text, String words) {
        List<String> reasons = XlRefusals.of((PciEntry.Device) PciEntry.parse(text));
        assertThat(reasons).hasSize(words.isEmpty() ? 0 : 1).allMatch(reason -> reason.contains(words));
    }

    /** As the parsers of 4.14.0, 4.14.6, 4.17 and 4.20 answered when they were asked, compiled from Xen's history. */
    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "4.14.0 | 00:1a.*@6                 | ''",
        "4.14.6 | 00:1a.*@6                 | failed assertion",
        "4.13.2 | 00:1a.*@6                 | ''",
        "4.13.3 | 00:1a.*@6                 | failed assertion",
        "4.17.0 | 00:1a.*@6                 | ''",
        "4.14.0 | 01:00.0, permissive=1     | leaves an option out",
        "4.20.0 | 01:00.0, permissive=1     | no blanks",
        "4.20.0 | 01:00.0,permissive =1     | no blanks",
        "4.20.0 | 01:00.0,permissive= 1     | ''",
        "4.14.0 | 01:00.0,                  | no comma at the end",
        "4.17.0 | 01:00.0,                  | ''",
        "4.14.0 | bdf=01:00.0,vslot=5       | since 4.15",
        "4.17.0 | bdf=01:00.0,vslot=5       | ''",
        "4.5.0  | 01:00.0,rdm_policy=strict | since 4.6",
        "4.4.0  | 01:00.0,seize=1           | since 4.5",
        "4.14.0 | 01:00.0,name=nic          | leaves them out",
        "4.14.0 | name=nic                  | name= since 4.15",
        "4.15.0 | name=nic                  | ''",
        "4.15.0 | bdf=01:00.0@5             | no slot behind bdf=",
        "4.20.0 | 01:00.0,seize=1,seize=0   | seize stands twice, and xl takes the last",
        "4.20.0 | 01:00.0,seize=1,permissive=0 | ''",
        "4.14.0 | 01:00.0 ,permissive=1     | no blanks",
        "4.14.0 | 01:00.0 @5                | no blanks",
        "4.20.0 | 01:00.0,rdm_policy= strict | no blanks"
    })
    void howItIsWrittenCountsByRelease(String release, String text, String words) {
        List<XlRefusals.Objection> reasons = XlRefusals.spelling(text, Release.parse(release).orElseThrow());
        assertThat(reasons).hasSize(words.isEmpty() ? 0 : 1).allMatch(reason -> reason.words().contains(words));
        assertThat(XlRefusals.spelling("01:00.0 ", new Release(4, 14, 0))).containsExactly(new XlRefusals.Objection("xl takes no blanks in an entry", true));
    }

    /** What xl leaves out with a message is no reason why a guest does not start. */
    @ParameterizedTest
    @CsvSource({
        "4.14.6, '01:00.0,pirq=1', false",
        "4.15.0, '01:00.0,pirq=1', true",
        "4.14.6, '01:00.0,name=nic', false",
        "4.15.0, '01:00.0,name=nic', true",
        "4.14.6, 'name=nic', true",
        "4.14.6, 'bdf=01:00.0', true",
        "4.14.6, '01:00.0,vslot=5', false",
        "4.14.6, '01:00.0,', true",
        "4.14.6, '01:00.0, permissive=1', false",
        "4.20.0, '01:00.0, permissive=1', true",
        "4.5.0,  '01:00.0,rdm_policy=none', false",
        "4.6.0,  '01:00.0,rdm_policy=none', true",
        "4.20.0, '01:00.0,seize=1,seize=0', false",
        "4.20.0, '01:00.0,bdf=02:00.0', false",
        "4.20.0, 'name=nic,color=1', true",
        "4.17.0, '01:00.0@40', true"
    })
    void refusedOrReadOtherwise(String release, String text, boolean refused) {
        ConfigReview.Row row = ConfigReview.of(Release.parse(release).orElseThrow(), DeviceModel.usual(), List.of(text), HostRoot.of(Path.of("/nowhere")))
                .rows().getFirst();
        assertThat(row.objections()).isNotEmpty().anySatisfy(objection -> assertThat(objection.refuses()).isEqualTo(refused));
        assertThat(row.objections().stream().anyMatch(XlRefusals.Objection::refuses)).isEqualTo(refused);
    }

    @Test
    void aNameAlone() {
        assertThat(PciEntry.parse("name=nic")).isEqualTo(new PciEntry.Named("name=nic", "nic"));
        assertThat(PciEntry.parse("name=nic,vslot=1F,permissive=1")).isEqualTo(new PciEntry.Named("name=nic,vslot=1F,permissive=1", "nic",
                OptionalInt.of(31), Map.of("permissive", "1")));
        assertThat(PciEntry.parse("name=nic,vslot=20")).isInstanceOf(PciEntry.Unreadable.class);
        VirtualSlots slots = new VirtualSlots(new Release(4, 17, 0), List.of(0, 1, 2, 3));
        assertThat(slots.place(List.of(PciEntry.parse("name=a"), PciEntry.parse("01:00.0"), PciEntry.parse("name=b,vslot=4"))).trouble())
                .hasValue("virtual slot 4 is taken");
        assertThat(slots.place(List.of(PciEntry.parse("name=a"), PciEntry.parse("01:00.0"))).places()).containsExactly(new VirtualSlots.Place("name=a", 4, 0),
                new VirtualSlots.Place("0000:01:00.0", 5, 0));
        assertThat(VirtualSlots.behindPciback(List.of(PciEntry.parse("name=a"), PciEntry.parse("01:00.1")), function -> false).places())
                .containsExactly(new VirtualSlots.Place("0000:01:00.1", 1, 1));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        // Xen | entries, by ; | places or refusal
        "3.3.0 | 01:00.0;00:02.0           | 6.0 7.0",
        "3.3.0 | 01:00.0;00:02.0;00:03.0   | no virtual slot is left for 0000:00:03.0",
        "3.3.0 | 01:00.0@5                 | Xen 3.3 has slots 6 and 7 for passthrough and no others; slot 5 cannot be asked for before 3.4",
        "3.3.0 | 00:1a.7                   | 6.0",
        "3.4.0 | 01:00.0;00:02.0@7         | 4.0 7.0",
        "3.4.1 | 00:1a.0,1,7               | 4.0 5.0 6.0",
        "3.4.0 | 01:00.0@3                 | virtual slot 3 is taken",
        "4.0.0 | 00:1a.0,1,7               | 4.0 4.1 4.7",
        "4.0.0 | 00:1a.7,1                | 4.7 4.0",
        "4.0.0 | 00:1a.1=1,7=7            | a card in the guest needs a function 0, without which nobody looks for the others",
        "4.17.5 | 00:1a.0,7@a=0,1          | a.0 a.1",
        "4.17.5 | 00:1a.7                  | 4.0",
        "4.17.5 | 01:00.0@5;02:00.0@5      | virtual slot 5 is taken"
    })
    void virtualSlots(String release, String entries, String expected) {
        VirtualSlots slots = new VirtualSlots(Release.parse(release).orElseThrow(), DeviceModel.usual().slots().keySet());
        List<PciEntry.Device> devices = List.of(entries.split(";")).stream().map(PciEntry::parse).map(PciEntry.Device.class::cast).toList();
        VirtualSlots.Allocation allocation = slots.place(devices);
        String found = allocation.trouble().orElseGet(() -> String.join(" ", allocation.places().stream()
                .map(place -> Integer.toHexString(place.slot()) + "." + place.function()).toList()));
        assertThat(found).isEqualTo(expected);
    }

    @Test
    void twentyEightSlotsRemain() {
        assertThat(new VirtualSlots(new Release(4, 17, 0), DeviceModel.usual().slots().keySet()).free()).isEqualTo(IntStream.rangeClosed(4, 31).boxed()
                .toList());
    }
}
