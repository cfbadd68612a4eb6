package dev.dmarshal.doctor;
/** Placeholder until the first rule. */
interface Pending {
}
