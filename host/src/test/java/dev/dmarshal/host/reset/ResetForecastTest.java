package dev.dmarshal.host.reset;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dmarshal.core.pci.Sbdf;
import dev.dmarshal.host.version.KernelVersion;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;

/** The order, the rows, and who else is hit. */
class ResetForecastTest {

    private static final Sbdf AT = new Sbdf(0, 1, 0, 0);
    private static final Optional<Boolean> YES = Optional.of(true);
    private static final Optional<Boolean> NO = Optional.of(false);
    private static final ResetFacts.Place ALONE = new ResetFacts.Place(false, false, false, NO, NO, List.of());

    private static Optional<KernelVersion> kernel(String text) {
        return KernelVersion.parse(text);
    }

    private static ResetFacts facts(int vendor, int device, ResetFacts.Says says, ResetFacts.Place place) {
        return new ResetFacts(AT, new ResetFacts.Ids(OptionalInt.of(vendor), OptionalInt.of(device), OptionalInt.of(1), OptionalInt.of(0x020000)), says, place,
                Optional.empty());
    }

    @Test
    void methodsComeInTheKernelsOrder() {
        ResetForecast all = ResetForecast.of(facts(0x8086, 0x1521, new ResetFacts.Says(YES, YES, YES), ALONE), kernel("6.12.3"));
        assertThat(all.words()).containsExactly("flr", "af_flr", "pm", "bus");
        assertThat(all.steps()).extracting(ResetStep::method).containsExactly(ResetMethod.values());
        assertThat(ResetMethod.of(kernel("5.10.7"))).doesNotContain(ResetMethod.ACPI, ResetMethod.CXL_BUS).contains(ResetMethod.BUS);
    }

    @Test
    void theRunningKernelsOwnListDecides() {
        ResetFacts facts = new ResetFacts(AT, facts(0x8086, 1, new ResetFacts.Says(YES, NO, NO), ALONE).ids(), new ResetFacts.Says(YES, NO, NO), ALONE,
                Optional.of(List.of("pm")));
        ResetForecast forecast = ResetForecast.of(facts, kernel("6.1.0"));
        assertThat(forecast.words()).containsExactly("pm");
        assertThat(forecast.fromSysfs()).isTrue();
    }

    @Test
    void aDeviceThatHangsAtFlrIsLeftOutOrDoubtfulByKernel() {
        ResetFacts audio = facts(0x1022, 0x1487, new ResetFacts.Says(YES, NO, NO), ALONE);
        assertThat(ResetForecast.of(audio, kernel("6.1.0")).words()).containsExactly("bus");
        ResetForecast old = ResetForecast.of(audio, kernel("4.4.0"));
        assertThat(old.steps()).anyMatch(step -> step.method() == ResetMethod.FLR && step.standing() == ResetStep.Standing.DOUBTFUL);
    }

    @Test
    void noMethodAndOthersOnTheBusIsNone() {
        ResetFacts.Place shared = new ResetFacts.Place(false, false, true, NO, NO, List.of(AT.withFunction(1)));
        ResetForecast forecast = ResetForecast.of(facts(0x10de, 0x1c82, new ResetFacts.Says(NO, NO, NO), shared), kernel("5.10.0"));
        assertThat(forecast.none()).isTrue();
        assertThat(forecast.busReset()).isTrue();
        assertThat(forecast.busHits()).containsExactly(AT.withFunction(1));
        ResetForecast newer = ResetForecast.of(facts(0x10de, 0x1c82, new ResetFacts.Says(NO, NO, NO), shared), kernel("6.1.0"));
        assertThat(newer.none()).as("firmware may have a _RST").isFalse();
        assertThat(newer.first()).isEmpty();
    }

    @Test
    void unreadCapabilitiesAreUnmeasured() {
        ResetForecast forecast = ResetForecast.of(facts(0x8086, 0x1521, new ResetFacts.Says(Optional.empty(), Optional.empty(), Optional.empty()), ALONE),
                kernel("5.4"));
        assertThat(forecast.steps()).filteredOn(step -> step.standing() == ResetStep.Standing.UNMEASURED).extracting(ResetStep::method)
                .containsExactly(ResetMethod.FLR, ResetMethod.AF_FLR, ResetMethod.PM);
    }

    @Test
    void amdGraphicsKeepPmResetOnlyOnARootBus() {
        ResetFacts.Ids ids = new ResetFacts.Ids(OptionalInt.of(0x1002), OptionalInt.of(0x67df), OptionalInt.of(0xe7), OptionalInt.of(0x030000));
        ResetFacts.Says says = new ResetFacts.Says(NO, NO, YES);
        assertThat(ResetForecast.of(new ResetFacts(AT, ids, says, ALONE, Optional.empty()), kernel("6.1")).words()).containsExactly("bus");
        ResetFacts.Place root = new ResetFacts.Place(false, true, false, NO, NO, List.of());
        assertThat(ResetForecast.of(new ResetFacts(AT, ids, says, root, Optional.empty()), kernel("6.1")).words()).containsExactly("pm");
    }

    @Test
    void busResetsThatBreakADeviceAreNotOffered() {
        assertThat(ResetForecast.of(facts(0x168c, 0x003c, new ResetFacts.Says(NO, NO, NO), ALONE), kernel("6.1")).busReset()).isFalse();
        assertThat(ResetForecast.of(facts(0x10de, 0x2342, new ResetFacts.Says(NO, NO, NO), ALONE), kernel("6.1")).words()).isEmpty();
        assertThat(ResetForecast.of(facts(0x10de, 0x2382, new ResetFacts.Says(NO, NO, NO), ALONE), kernel("6.1")).words()).containsExactly("bus");
    }

    @Test
    void everyRowHasASource() {
        assertThat(ResetRow.all()).hasSizeGreaterThan(30).allSatisfy(row -> assertThat(row.source()).contains("drivers/pci/quirks.c"));
    }
}
