/** Plans as data: what is read first, what is written, what must hold afterwards, and how each step is taken back. */
package dev.dmarshal.passthrough.plan;
