package dev.dmarshal.passthrough.xen;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.dmarshal.core.pci.Sbdf;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Guests' configuration files: read as xl reads them, edited without touching the rest. */
class XlConfigTest {

    private static final PciEntry.Device NIC = PciEntry.Device.of(new Sbdf(0, 1, 0, 0));
    private static final PciEntry.Device GPU = PciEntry.Device.of(new Sbdf(0, 2, 0, 0));

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "''                                      | pci = [ '0000:01:00.0' ]~",
        "name = \"g\"                            | name = \"g\"~pci = [ '0000:01:00.0' ]~",
        "name='g'~pci=[]~vcpus=2~                | name='g'~pci=[ '0000:01:00.0' ]~vcpus=2~",
        "pci = [ ]                               | pci = [ '0000:01:00.0' ]",
        "pci = [ '02:00.0' ] # graphics~         | pci = [ '02:00.0', '0000:01:00.0' ] # graphics~",
        "pci = [ '02:00.0', ]~                   | pci = [ '02:00.0', '0000:01:00.0' ]~",
        "pci = '02:00.0'~                        | pci = [ '02:00.0', '0000:01:00.0' ]~",
        "pci = [~  '02:00.0',  # graphics~]~     | pci = [~  '02:00.0',  # graphics~  '0000:01:00.0',~]~",
        "pci = [~  '02:00.0'  # graphics~]~      | pci = [~  '02:00.0',  # graphics~  '0000:01:00.0',~]~",
        "pci = [~# none yet~]~                   | pci = [~# none yet~'0000:01:00.0' ]~",
        "pci=['03:00.0']~pci+=['02:00.0']~       | pci=['03:00.0']~pci+=['02:00.0', '0000:01:00.0']~"
    })
    void anEntryIsAddedAndTheRestStays(String before, String after) throws XlSyntaxException {
        XlConfig config = XlConfig.parse(before.replace('~', '\n'));
        XlConfig with = config.with(NIC);
        assertThat(with.text()).isEqualTo(after.replace('~', '\n'));
        assertThat(with.devices()).hasSize(config.devices().size() + 1).last().isEqualTo(NIC);
        assertThat(with.without(NIC).devices()).isEqualTo(config.devices());
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "pci = [ '02:00.0' ]                              | pci = [ ]",
        "pci = [ '02:00.0', '01:00.0' ] # two~            | pci = [ '01:00.0' ] # two~",
        "pci = [ '01:00.0', '02:00.0,permissive=1' ]~     | pci = [ '01:00.0' ]~",
        "pci = [~  '02:00.0',~  '01:00.0',~]~             | pci = [~  '01:00.0',~]~",
        "pci = [~  '02:00.0', # graphics~  '01:00.0',~]~  | pci = [~  # graphics~  '01:00.0',~]~",
        "pci = [ '0000:02:00.0', '02:00.0@5' ]            | pci = [ ]"
    })
    void anEntryIsRemovedAndTheRestStays(String before, String after) throws XlSyntaxException {
        assertThat(XlConfig.parse(before.replace('~', '\n')).without(GPU).text()).isEqualTo(after.replace('~', '\n'));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "pci = [ '01:00.0'~            | line 2: found the end where \",\" or \"]\" belongs",
        "pci = [ '01:00.0' '02:00.0' ] | line 1: found '02:00.0' where \",\" or \"]\" belongs",
        "import os~                    | line 1: found os where \"=\" belongs",
        "a = 1~b = (1)~                | line 2: xl cannot read this: (1)",
        "a = 'open~                    | line 1: xl cannot read this: 'open",
        "= 3                           | line 1: found = where the name of a setting belongs",
        "a =~                          | line 1: found the line's end where a string or a number belongs",
        "a = 1 b = 2                   | line 1: found b where a new line or \";\" belongs"
    })
    void whatXlRefusesIsRefusedWithItsLine(String text, String message) {
        assertThatThrownBy(() -> XlConfig.parse(text.replace('~', '\n'))).isInstanceOf(XlSyntaxException.class).hasMessage(message);
    }

    @Test
    void lineEndsThatXlDoesNotReadAreNamed() throws XlSyntaxException {
        assertThatThrownBy(() -> XlConfig.parse("name = 'g'\r\n")).isInstanceOf(XlSyntaxException.class).hasMessageContaining("carriage return");
        assertThatThrownBy(() -> XlConfig.parse("name = 'g'\n# end")).isInstanceOf(XlSyntaxException.class).hasMessageContaining("line 2: ")
                .hasMessageContaining("without a line end");
        assertThat(XlConfig.parse("# of Windows\r\nname = 'g'").with(NIC).text()).isEqualTo("# of Windows\r\nname = 'g'\npci = [ '0000:01:00.0' ]\n");
    }

    @Test
    void laterAssignmentsReplaceAndAdd() throws XlSyntaxException {
        XlConfig config = XlConfig.parse("name = 'a'; name = \"b\\\"c\"\npci = ['03:00.0']\npci = ['01:00.0']\npci += ['02:00.0']\nvif = [ 'bridge=xenbr0', ['x'] ]\n");
        assertThat(config.value("name")).contains("b\"c");
        assertThat(config.value("vif")).isEmpty();
        assertThat(config.devices()).containsExactly(NIC, GPU);
        assertThat(config.without(NIC).text()).contains("pci = ['03:00.0']\npci = []\npci += ['02:00.0']");
    }

    /** Whatever is cut out of, or put into, a configuration: an answer or a refusal, and what was read once is read again the same. */
    @Test
    void damagedTextsAreReadOrRefused() {
        long seed = Long.getLong("seed", 0) == 0 ? System.nanoTime() : Long.getLong("seed");
        Random random = new Random(seed);
        String whole = "name = 'g' # guest\npci = [\n  '01:00.0@5,permissive=1', # nic\n  '02:00.0,2',\n]\ndisk = [ 'a,b' ]\n";
        int read = 0;
        for (int round = 0; round < 2000; round++) {
            int from = random.nextInt(whole.length());
            int to = Math.min(whole.length(), from + random.nextInt(6));
            String damaged = whole.substring(0, from) + (random.nextBoolean() ? "" : "'[],#\n=".charAt(random.nextInt(7)) + "") + whole.substring(to);
            try {
                XlConfig config = XlConfig.parse(damaged);
                XlConfig with = config.with(PciEntry.Device.of(new Sbdf(0, 9, 0, 0)));
                assertThat(with.devices()).as("seed %d, round %d: %s", seed, round, damaged).hasSize(config.devices().size() + 1);
                assertThat(with.without(PciEntry.Device.of(new Sbdf(0, 9, 0, 0))).devices()).isEqualTo(config.devices());
                read++;
            } catch (XlSyntaxException e) {
                assertThat(e).hasMessageStartingWith("line ");
            }
        }
        assertThat(read).isBetween(100, 1990);
    }

    @Test
    void stringsMayHoldSignsOfComments() throws XlSyntaxException {
        XlConfig config = XlConfig.parse("extra = \"root=/dev/xvda # no comment [ '\"\npci=['01:00.0']");
        assertThat(config.value("extra")).contains("root=/dev/xvda # no comment [ '");
        assertThat(config.devices()).isEqualTo(List.of(NIC));
    }
}
