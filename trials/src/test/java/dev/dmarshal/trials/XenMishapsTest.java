package dev.dmarshal.trials;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dmarshal.lab.machine.Machine;
import dev.dmarshal.lab.machine.OnTheLab;
import dev.dmarshal.lab.machine.Stand;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * A crash at every journalled point, on a real dom0 with a real guest: dmarshal dies at each moment of setting a NIC aside and plugging it into
 * a running PV guest, and at each moment of taking that back; then undo, or resume and undo. And {@code xl} itself is killed half way, at its calls to the
 * hypervisor, to xenstore and to sysfs. What is compared: sysfs byte for byte, xl's lists, the guest's configuration, xenstore, and whom Xen takes for the
 * owner. {@code -Dpoints=all} for every moment and every call, else some; needs {@code ./dmarshal lab setup disk-xen-hvm}, whose disk has strace.
 */
@Tag("long")
@ExtendWith(OnTheLab.class)
class XenMishapsTest {

    private static final Duration HOURS = Duration.ofHours(3);
    private static final String PATH = "PATH=/opt/mortal:$PATH ";
    private static final String REHEARSAL = PATH + GroupOfTwo.JAVA + "Rehearsal /keep/";
    private static final String ASIDE = REHEARSAL + "aside ";
    private static final String PLUG = REHEARSAL + "plug ";

    private Machine machine;

    @Test
    void xlIsKilledWhileItSetsAsideAndGivesBack(Stand stand) throws Exception {
        begin(stand);
        allOk(ASIDE + "prepare 01:00.0");
        allOk(ASIDE + "programs pci-assignable-add:" + first(6));
        allOk(ASIDE + "programs pci-assignable-remove:" + first(6));
        end();
    }

    @Test
    void dmarshalIsKilledWhileItPlugsIn(Stand stand) throws Exception {
        begin(stand);
        plug("kills ", 2);
        end();
    }

    @Test
    void dmarshalIsKilledWhileItTakesThePlugBack(Stand stand) throws Exception {
        begin(stand);
        plug("undoings ", 4);
        end();
    }

    @Test
    void xlIsKilledWhileItPlugsInAndOut(Stand stand) throws Exception {
        begin(stand);
        allOk(PLUG + "prepare 01:00.0 guest=pv1 config=/tmp/pv1.cfg");
        allOk(PLUG + "programs pci-attach:" + first(14));
        allOk(PLUG + "programs pci-detach:" + first(14));
        end();
    }

    @Test
    void whatOutlastsARestart(Stand stand) throws Exception {
        machine = Dom0.start(stand, "root xen-hvm\n");
        Dom0.daemons(machine);
        atEachBoot();
    }

    private void begin(Stand stand) throws Exception {
        machine = Dom0.start(stand, "root xen-hvm\nshare classes " + Path.of("target/test-classes").toAbsolutePath() + " /opt/classes\n");
        Dom0.daemons(machine);
        Dom0.guests(machine, "pv1");
        machine.must("mkdir -p /opt/mortal /keep/aside /keep/plug", Dom0.LONG);
        machine.put("/opt/mortal/xl", Dom0.resource("mortal-xl.sh").getBytes(StandardCharsets.UTF_8), true);
    }

    private void end() throws Exception {
        assertThat(machine.must(Dom0.DRIVER, Dom0.LONG).strip()).isEqualTo("e1000e");
    }

    /** Ends dmarshal at each moment, of which what is prepared tells the number, in that word of its answer; a command each, so that one sees it go. */
    private void plug(String what, int word) throws Exception {
        String[] prepared = machine.must(PLUG + "prepare 01:00.0 guest=pv1 config=/tmp/pv1.cfg", Dom0.LONG).strip().split(" ");
        System.out.println(String.join(" ", prepared));
        int moments = Integer.parseInt(prepared[word]);
        int step = GroupOfTwo.ALL ? 1 : 3;
        for (int point = 1; point <= moments; point++) {
            if (point % step == moments % step) {
                allOk(PLUG + what + point);
            }
        }
    }

    /** Where to begin to end xl, and every which call: its first ones only ask for versions. */
    private static String first(int call) {
        return GroupOfTwo.ALL ? "1:1" : call + (call < 10 ? ":2" : ":8");
    }

    /**
     * What outlasts a restart, on a dom0 whose update-initramfs only writes down that it was called: modprobe itself reads what was written, the driver's
     * turn comes after pciback's, and undo leaves each file byte for byte as it was.
     */
    private void atEachBoot() throws Exception {
        machine.must("""
                mkdir -p /etc/initramfs-tools /etc/modprobe.d
                echo '# modules' >/etc/initramfs-tools/modules
                printf '#!/bin/sh\\necho "made $*" >>/tmp/made\\n' >/usr/sbin/update-initramfs
                chmod +x /usr/sbin/update-initramfs
                """, Dom0.LONG);
        String files = "find /etc /boot -type f | sort | xargs sha256sum";
        String before = machine.must(files, Dom0.LONG);
        String boot = Dom0.DMARSHAL + "plan 01:00.0 --via xl --boot -o /tmp/boot.json && " + Dom0.DMARSHAL + "apply --journal /tmp/boot /tmp/boot.json";
        System.out.println(machine.must(boot + "; cat /etc/modprobe.d/dmarshal*", Dom0.LONG));
        assertThat(machine.must("cat /etc/modprobe.d/dmarshal* /etc/initramfs-tools/modules /tmp/made", Dom0.LONG))
                .contains("options xen-pciback hide=(01:00.0)\nsoftdep e1000e pre: xen-pciback\n").contains("# modules\nxen-pciback\nmade -u -k all");
        machine.must("xl pci-assignable-remove -r 01:00.0; modprobe -r e1000e xen-pciback; /sbin/modprobe e1000e", Dom0.LONG);
        assertThat(machine.must(Dom0.DRIVER, Dom0.LONG).strip()).as("as at a boot: modprobe of the NIC's own driver loads pciback first").isEqualTo("pciback");
        System.out.println(machine.must(Dom0.DMARSHAL + "undo --journal /tmp/boot", Dom0.LONG));
        assertThat(machine.must(files, Dom0.LONG)).isEqualTo(before);
        assertThat(machine.must(Dom0.DRIVER, Dom0.LONG).strip()).isEqualTo("e1000e");
    }

    private void allOk(String command) throws Exception {
        String log = machine.must(command + " 2>&1", HOURS);
        System.out.print(log);
        List<String> verdicts = log.lines().filter(line -> !line.startsWith("   ")).toList();
        assertThat(verdicts).isNotEmpty().noneMatch(line -> line.startsWith("WRONG"));
    }
}
