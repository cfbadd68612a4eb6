package dev.dmarshal.core.unit;

import dev.dmarshal.core.memory.PhysicalMemory;
import java.util.function.Consumer;

/**
 * What the registers act on.
 *
 * @param memory   where queues, logs and interrupt tables lie
 * @param caches   the translation caches
 * @param devices  the devices' own caches
 * @param messages where interrupts go
 * @param inForce  is given each new {@link UnitState}, the first when the registers are made; for an automatic invalidation, before it is done
 */
record Peers(PhysicalMemory memory, CacheControl caches, DeviceTlb devices, MessageSink messages, Consumer<UnitState> inForce) {
}
