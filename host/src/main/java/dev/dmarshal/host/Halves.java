package dev.dmarshal.host;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.function.Function;
import java.util.function.Supplier;

/** A long list worked on by two threads, half of it each. Short ones stay on the caller's thread: starting another costs more than they do. */
public final class Halves {

    private static final int LONG = 1024;

    private Halves() {
    }

    /**
     * What a worker makes of each element, in the list's order.
     *
     * @param list   not changed meanwhile
     * @param worker asked once for each thread, on that thread; what one worker keeps, the other does not see
     */
    public static <A, B> List<B> map(List<A> list, Supplier<Function<A, B>> worker) {
        if (list.size() < LONG) {
            return each(list, worker.get());
        }
        int half = list.size() / 2;
        FutureTask<List<B>> other = new FutureTask<>(() -> each(list.subList(half, list.size()), worker.get()));
        Thread thread = new Thread(other, "other-half");
        thread.setDaemon(true);
        thread.start();
        List<B> made = new ArrayList<>(list.size());
        made.addAll(each(list.subList(0, half), worker.get()));
        made.addAll(result(other));
        return made;
    }

    private static <A, B> List<B> each(List<A> list, Function<A, B> worker) {
        List<B> made = new ArrayList<>(list.size());
        for (A element : list) {
            made.add(worker.apply(element));
        }
        return made;
    }

    private static <B> List<B> result(FutureTask<List<B>> other) {
        try {
            return other.get();
        } catch (ExecutionException e) {
            if (e.getCause() instanceof Error error) {
                throw error;
            }
            throw e.getCause() instanceof RuntimeException failure ? failure : new IllegalStateException(e.getCause());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while the other half was worked on", e);
        }
    }
}
