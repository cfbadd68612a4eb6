/** Physical memory as hardware sees it, and the fields of its words. Pure: no files, no clock, no network. */
package dev.dmarshal.core.memory;
