package dev.dmarshal.passthrough.xen;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dmarshal.core.pci.Sbdf;
import dev.dmarshal.host.version.Release;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What a guest's bus has by its configuration; the first two rows were seen in guests of Xen 4.17. */
class DeviceModelTest {

    private static final Release XEN = new Release(4, 17, 0);

    private static DeviceModel model(String config) throws XlSyntaxException {
        return DeviceModel.of(XlConfig.parse(config.replace(';', '\n')), XEN);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "type = 'hvm'; vga = 'none'; nographic = 1                                         | 3",
        "type = 'hvm'; vga = 'stdvga'                                                      | 4",
        "builder = 'hvm'; vif = [ 'bridge=xenbr0', 'bridge=xenbr0,type=vif' ]              | 5",
        "type = 'hvm'; vif = [ '' ]; vif += [ 'mac=00:16:3e:00:00:01, type=ioemu' ]        | 6",
        "type = 'hvm'; xen_platform_pci = 0                                                | 3",
        "type = 'hvm'; disk = [ '/dev/vg/g,raw,sda,rw', 'phy:/dev/vg/h,xvdb,w' ]           | 5",
        "type = 'hvm'; disk = [ 'format=raw,vdev=sda,access=r,devtype=cdrom,target=/i' ]   | 4",
        "type = 'hvm'; disk = [ '/dev/sda,raw,xvda,rw' ]                                   | 4",
        "type = 'hvm'; hdtype = 'ahci'; soundhw = 'ac97'                                   | 6",
        "type = 'hvm'; spice = 1; spicevdagent = 1; vga = 'qxl'                            | 5",
        "type = 'hvm'; usbversion = 3                                                      | 5",
        "type = 'hvm'; usb = 1; usbversion = 3                                             | 4",
        "type = 'hvm'; device_model_version = 'qemu-xen-traditional'; vga = 'none'         | 4"
    })
    void theFirstFreeSlot(String config, int slot) throws XlSyntaxException {
        DeviceModel model = model(config);
        assertThat(model.kind()).isEqualTo(DeviceModel.Kind.HVM);
        assertThat(model.notes()).isEmpty();
        assertThat(new VirtualSlots(XEN, model.slots().keySet()).free().getFirst()).as("%s", model.slots()).isEqualTo(slot);
    }

    @Test
    void ehciControllersHaveASlotOfTheirOwn() throws XlSyntaxException {
        assertThat(model("type = 'hvm'; usbversion = 2").slots()).containsEntry(0x1d, "EHCI controllers").doesNotContainKey(4);
    }

    @Test
    void whatTheConfigurationDoesNotTell() throws XlSyntaxException {
        assertThat(model("type = 'hvm'; device_model_args = [ '-device', 'e1000' ]").notes()).singleElement().asString().startsWith("device_model_args ");
        assertThat(model("memory = 64").notes()).singleElement().asString().contains("no type");
        assertThat(model("type = 'pv'").kind()).isEqualTo(DeviceModel.Kind.PV);
        assertThat(model("type = 'pvh'").kind()).isEqualTo(DeviceModel.Kind.PVH);
        assertThat(DeviceModel.usual().slots()).containsOnlyKeys(0, 1, 2, 3);
    }

    @Test
    void pcibackNumbersFromZeroAndKeepsFunctionsTogether() {
        List<PciEntry.Device> entries = List.of("01:00.1@5", "02:00.0", "01:00.0", "03:00.0", "03:00.1").stream().map(PciEntry::parse)
                .map(PciEntry.Device.class::cast).toList();
        Map<Sbdf, Boolean> virtual = Map.of(new Sbdf(0, 3, 0, 0), true, new Sbdf(0, 3, 0, 1), true);
        assertThat(VirtualSlots.behindPciback(entries, function -> virtual.getOrDefault(function, false)).places()).containsExactly(
                new VirtualSlots.Place("0000:01:00.1", 0, 1), new VirtualSlots.Place("0000:02:00.0", 1, 0), new VirtualSlots.Place("0000:01:00.0", 0, 0),
                new VirtualSlots.Place("0000:03:00.0", 2, 0), new VirtualSlots.Place("0000:03:00.1", 3, 1));
    }
}
