package dev.dmarshal.passthrough.libvirt;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dmarshal.core.pci.Sbdf;
import dev.dmarshal.host.Reading;
import dev.dmarshal.passthrough.guest.GuestLayout;
import dev.dmarshal.passthrough.guest.GuestLayout.Bus;
import dev.dmarshal.passthrough.guest.GuestLayout.Kind;
import dev.dmarshal.passthrough.guest.GuestLayout.Plugged;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** libvirt's XML in and out. */
class DomainXmlTest {

    private static final String DOMAIN = """
            <domain type='kvm'><name>web</name><os><type arch='x86_64' machine='%s'>hvm</type></os><devices>
              <controller type='pci' index='0' model='%s'/>%s
              <controller type='sata' index='0'><address type='pci' domain='0x0000' bus='0x00' slot='0x1f' function='0x2'/></controller>
              <interface type='hostdev' managed='yes'><source><address type='pci' domain='0x0000' bus='0x03' slot='0x10' function='0x1'/></source>
                <address type='pci' domain='0x0000' bus='0x01' slot='0x00' function='0x0'/></interface>
              <hostdev mode='subsystem' type='pci' managed='no'><source><address domain='0x10000' bus='0xe1' slot='0x00' function='0x0'/></source></hostdev>
              <hostdev mode='subsystem' type='usb'><source><vendor id='0x1234'/></source></hostdev>
            </devices></domain>""";
    private static final String PORT = "<controller type='pci' index='1' model='pcie-root-port'><address type='pci' bus='0' slot='0x1' function='0x0'"
            + " multifunction='on'/></controller><controller type='pci' index='2' model='pcie-to-pci-bridge'/><controller type='pci' index='3'"
            + " model='pcie-switch-upstream-port'/>";

    @Test
    void aQ35() {
        DomainXml xml = parse(DOMAIN.formatted("pc-q35-7.2", "pcie-root", PORT));
        GuestLayout layout = xml.layout(true);
        assertThat(xml.name()).contains("web");
        assertThat(layout.q35()).isTrue();
        assertThat(layout.buses()).extracting(Bus::number, Bus::kind).containsExactly(tuple(0, Kind.PCIE_ROOT), tuple(1, Kind.PORT), tuple(2,
                Kind.CONVENTIONAL),
                tuple(3, Kind.INNER));
        assertThat(layout.buses().get(0).used()).containsExactly(0, 1 << 3, 0x1f << 3, 0x1f << 3 | 2);
        assertThat(layout.buses().get(1).free(0)).isFalse();
        assertThat(layout.plugged()).containsExactly(
                new Plugged(new Sbdf(0, 3, 0x10, 1), Optional.of(new Sbdf(0, 1, 0, 0)), true),
                new Plugged(new Sbdf(0x10000, 0xe1, 0, 0), Optional.empty(), false));
    }

    @Test
    void anI440fx() {
        GuestLayout layout = parse(DOMAIN.formatted("pc-i440fx-7.2", "pci-root", "")).layout(false);
        assertThat(layout.q35()).isFalse();
        assertThat(layout.buses().getFirst().kind()).isEqualTo(Kind.PCI_ROOT);
        assertThat(layout.buses().getFirst().free(1)).as("PIIX3").isFalse();
    }

    @Test
    void theStatusOfARunningGuestHasTheDomainInIt() {
        assertThat(parse("<domstatus state='running'><monitor path='x'/><domain><name>web</name></domain></domstatus>").name()).contains("web");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "<", "<network/>", "<!DOCTYPE d [<!ENTITY e SYSTEM 'file:///etc/passwd'>]><domain><name>&e;</name></domain>",
            "<!DOCTYPE d SYSTEM 'http://127.0.0.1:1/d.dtd'><domain/>", "<domain>&undefined;</domain>"})
    void whatIsNoDomainIsMalformed(String text) {
        assertThat(DomainXml.parse("test", text)).isInstanceOf(Reading.Malformed.class);
    }

    @Test
    void oddAddressesAreLeftOut() {
        DomainXml xml = parse("<domain><devices><hostdev mode='subsystem' type='pci'><source><address bus='0x100' slot='1'/></source></hostdev>"
                + "<hostdev mode='subsystem' type='pci'><source><address bus='1' slot='x'/></source></hostdev>"
                + "<hostdev mode='subsystem' type='pci'><source><address bus='1' slot='2'/></source></hostdev></devices></domain>");
        assertThat(xml.plugged()).extracting(Plugged::host).containsExactly(new Sbdf(0, 1, 2, 0));
    }

    @Test
    void aHostdevIsReadBackAsItWasWritten() {
        Sbdf host = new Sbdf(0x10000, 0xe1, 0x1f, 7);
        Sbdf guest = new Sbdf(0, 5, 0, 0);
        String text = new HostdevXml(host, true, Optional.of(guest), true).text();
        assertThat(parse("<domain><devices>" + text + "</devices></domain>").plugged()).containsExactly(new Plugged(host, Optional.of(guest), true));
        assertThat(text).contains("<driver name='vfio'/>", "managed='yes'", "multifunction='on'", "domain='0x10000' bus='0xe1' slot='0x1f' function='0x7'");
        assertThat(new HostdevXml(host, false, Optional.empty(), false).text()).contains("managed='no'").doesNotContain("type='pci' domain");
    }

    private static org.assertj.core.groups.Tuple tuple(Object... values) {
        return org.assertj.core.groups.Tuple.tuple(values);
    }

    private static DomainXml parse(String text) {
        return DomainXml.parse("test", text).present().orElseThrow();
    }
}
