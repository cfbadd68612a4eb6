package dev.dmarshal.trials;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dmarshal.lab.machine.Machine;
import dev.dmarshal.lab.play.Play;
import dev.dmarshal.lab.play.PlayReader;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.IntStream;

/** The machine on which plans are spoilt: neither root port isolates what is below it, so both cards share a group with both ports. */
final class GroupOfTwo {

    /** Whether every moment of a plan is asked for, rather than a few. */
    static final boolean ALL = "all".equals(System.getProperty("points"));

    /** Java inside, for classes of these tests, with all of dmarshal's modules. */
    static final String JAVA = "/opt/dmarshal/bin/java -XX:+UseSerialGC -XX:TieredStopAtLevel=1 -XX:-UsePerfData -Xshare:auto"
            + " --enable-native-access=ALL-UNNAMED -cp /opt/classes dev.dmarshal.trials.inside.";
    /** {@link dev.dmarshal.trials.inside.Rehearsal} with its folder. */
    static final String REHEARSAL = JAVA + "Rehearsal /keep";

    private static final Duration LONG = Duration.ofMinutes(5);
    private static final String TEXT = """
            memory 1024
            part pcie-root-port rp1 at=04.0 acs=off
            part pcie-root-port rp2 at=04.1 acs=off
            part e1000e nic1 on=rp1
            part e1000e nic2 on=rp2
            load e1000e
            offer vfio-pci vfio_iommu_type1
            share classes %s /opt/classes
            dmarshal
            """;

    /** What a plan takes. @param steps its steps @param moments the moments of applying it @param back those of undoing it */
    record Prepared(int steps, int moments, int back) {
    }

    private GroupOfTwo() {
    }

    /** The machine, with more lines of a play. */
    static Play play(String more) throws Exception {
        return PlayReader.text("group-of-two", TEXT.formatted(Path.of("target/test-classes").toAbsolutePath()) + more);
    }

    /** Has the plan made, applied and undone once in {@code /keep}, which is there. */
    static Prepared prepare(Machine machine) throws Exception {
        String said = machine.must(REHEARSAL + " prepare 01:00.0 02:00.0", LONG);
        System.out.print(said);
        assertThat(said).matches("7 steps [0-9]+ moments [0-9]+ back\n");
        String[] words = said.strip().split(" ");
        return new Prepared(Integer.parseInt(words[0]), Integer.parseInt(words[2]), Integer.parseInt(words[4]));
    }

    /** Starts a run of {@link dev.dmarshal.trials.inside.Rehearsal} that waits at moments; what it says goes to {@code /tmp/said}. */
    static void start(Machine machine, String words) throws Exception {
        machine.must("(" + REHEARSAL + " " + words + "; echo rehearsal: ended >/dev/console) >/tmp/said 2>&1 &", LONG);
    }

    /** Waits until a run has come to a moment. */
    static void await(Machine machine, int moment) throws Exception {
        await(machine, "rehearsal: at moment " + moment + ".");
    }

    /** Waits until a run has ended; what it said. */
    static String awaitEnd(Machine machine) throws Exception {
        await(machine, "rehearsal: ended");
        return machine.must("cat /tmp/said", LONG);
    }

    private static void await(Machine machine, String words) throws Exception {
        long deadline = System.nanoTime() + LONG.toNanos();
        while (!machine.console().text().contains(words)) {
            assertThat(machine.console().text().contains("rehearsal: ended") || System.nanoTime() > deadline).as("no sign of \"" + words + "\"").isFalse();
            Thread.sleep(200);
        }
    }

    /** All moments, or as many as {@code -Dpoints=} says, or else some, spread over the whole. */
    static List<Integer> points(int moments, int some) {
        int wanted = System.getProperty("points", "").matches("[0-9]{1,3}") ? Integer.getInteger("points") : some;
        return ALL ? IntStream.rangeClosed(1, moments).boxed().toList()
                : IntStream.rangeClosed(1, wanted).mapToObj(one -> Math.max(1, one * moments / (wanted + 1))).distinct().toList();
    }
}
