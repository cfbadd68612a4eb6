package dev.dmarshal.core.unit;

import dev.dmarshal.core.memory.PhysicalMemory;

/**
 * What the registers act on.
 *
 * @param memory   where queues, logs and interrupt tables lie
 * @param caches   the translation caches
 * @param devices  the devices' own caches
 * @param messages where interrupts go
 */
record Peers(PhysicalMemory memory, CacheControl caches, DeviceTlb devices, MessageSink messages) {
}
