package dev.dmarshal.host;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class HalvesTest {

    private static List<Integer> numbers(int count) {
        return IntStream.range(0, count).boxed().toList();
    }

    @Test
    void orderStaysWhoeverWorks() {
        for (int size : new int[] {0, 1, 2, 1023, 1024, 1025, 5001}) {
            assertThat(Halves.map(numbers(size), () -> number -> 2 * number)).isEqualTo(numbers(size).stream().map(number -> 2 * number).toList());
        }
    }

    @Test
    void shortListsStayOnOneThreadAndLongOnesHaveAWorkerEach() {
        assertThat(threads(1000)).containsExactly(Thread.currentThread());
        assertThat(threads(5000)).hasSize(2).contains(Thread.currentThread());
    }

    private static Set<Thread> threads(int size) {
        Set<Thread> threads = Collections.synchronizedSet(new HashSet<>());
        Set<Thread> workers = Collections.synchronizedSet(new HashSet<>());
        Halves.map(numbers(size), () -> {
            Thread maker = Thread.currentThread();
            assertThat(workers.add(maker)).as("one worker a thread").isTrue();
            return number -> {
                assertThat(Thread.currentThread()).isSameAs(maker);
                return threads.add(maker);
            };
        });
        return threads;
    }

    @Test
    void aFailureOfEitherHalfIsTheCallers() {
        for (int bad : new int[] {10, 4990}) {
            Function<Integer, Integer> worker = number -> {
                if (number == bad) {
                    throw new IllegalArgumentException("number " + number);
                }
                return number;
            };
            assertThatThrownBy(() -> Halves.map(numbers(5000), () -> worker)).isInstanceOf(IllegalArgumentException.class).hasMessage("number " + bad);
        }
    }
}
