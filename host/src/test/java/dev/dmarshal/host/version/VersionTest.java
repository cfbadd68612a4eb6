package dev.dmarshal.host.version;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Versions as logs and tools print them. */
class VersionTest {

    @ParameterizedTest
    @CsvSource(delimiter = '|', nullValues = "-", textBlock = """
            Linux version 6.1.0-56-amd64 (builder@example) (gcc-12) #1 SMP | 6 | 1 | 0 | -56-amd64 | DEBIAN | false
            [    0.000000] Linux version 3.11.6-4-desktop (geeko@example) | 3 | 11 | 6 | -4-desktop | SUSE | true
            3.10.0-1160.el7.x86_64 | 3 | 10 | 0 | -1160.el7.x86_64 | RHEL | true
            4.18.0-553.el8_10.x86_64 | 4 | 18 | 0 | -553.el8_10.x86_64 | RHEL | true
            5.14.0-427.13.1.el9_4.x86_64 | 5 | 14 | 0 | -427.13.1.el9_4.x86_64 | RHEL | true
            5.4.17-2136.el8uek.x86_64 | 5 | 4 | 17 | -2136.el8uek.x86_64 | ORACLE | true
            5.14.21-150500.55.19-default | 5 | 14 | 21 | -150500.55.19-default | SUSE | true
            6.8.12-4-pve | 6 | 8 | 12 | -4-pve | PROXMOX | true
            5.15.0-112-generic | 5 | 15 | 0 | -112-generic | UBUNTU | true
            3.17.4-301.fc21.x86_64 | 3 | 17 | 4 | -301.fc21.x86_64 | FEDORA | false
            6.6.8-zen1-1-zen | 6 | 6 | 8 | -zen1-1-zen | DESKTOP_PATCHED | false
            Linux host 6.12.5 #1 SMP x86_64 GNU/Linux | 6 | 12 | 5 | '' | OTHER | false
            2.6.18.8-xen | 2 | 6 | 18 | .8-xen | OTHER | false
            7.2 | 7 | 2 | 0 | '' | OTHER | false
            """)
    void readsKernels(String text, int major, int minor, int patch, String suffix, Vendor vendor, boolean backported) {
        KernelVersion version = KernelVersion.parse(text).orElseThrow();
        assertThat(version.release()).isEqualTo(new Release(major, minor, patch));
        assertThat(version.suffix()).isEqualTo(suffix);
        assertThat(version.vendor()).isEqualTo(vendor);
        assertThat(version.backported()).isEqualTo(backported);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            (XEN) Xen version 4.17.4 (Debian 4.17.4) (builder@example) | 4.17.4 | ''
            xen_version            : 4.17.4-pre | 4.17.4 | -pre
            (XEN) [    0.000001] Xen version 3.4.0 (root@example) | 3.4 | ''
            4.23-unstable | 4.23 | -unstable
            xen_version : 4.17 | 4.17 | ''
            """)
    void readsXen(String text, String release, String suffix) {
        XenVersion version = XenVersion.parse(text).orElseThrow();
        assertThat(version.release().toString()).isEqualTo(release);
        assertThat(version.suffix()).isEqualTo(suffix);
    }

    @ParameterizedTest
    @CsvSource({"''", "six point one", "Linux version", "v6.1", "99999.1"})
    void refusesWhatIsNoVersion(String text) {
        assertThat(KernelVersion.parse(text)).isEmpty();
        assertThat(XenVersion.parse(text)).isEmpty();
    }

    @Test
    void comparesByNumber() {
        Release older = Release.parse("4.9").orElseThrow();
        assertThat(Release.parse("4.10").orElseThrow().atLeast(older)).isTrue();
        assertThat(older.atLeast(Release.parse("4.9.1").orElseThrow())).isFalse();
        assertThat(older.atLeast(older)).isTrue();
        assertThatThrownBy(() -> new Release(-1, 0, 0)).isInstanceOf(IllegalArgumentException.class);
    }
}
