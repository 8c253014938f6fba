import { describe, expect, test } from '@jest/globals';
import { readPhoneNumber } from './phone-number.ts';

describe('readPhoneNumber()', () => {
  test.each([
    ['+55 (11) 91234-5678', '5511912345678'],
    ['+55 11 91234.5678', '5511912345678'],
    ['+62 812-3456-7890', '6281234567890'],
    ['+44 (0) 20 7946 0958', '442079460958'],
    ['  +1 650 555 1234 ', '16505551234'],
    ['６２８１２３４５６７８９０'.replace(/^/, '+'), '6281234567890'],
    ['6281234567890', '6281234567890'],
    ['15550001', '15550001'],
  ])('reads %s', (written, waId) => {
    expect(readPhoneNumber(written)).toEqual({ kind: 'number', waId });
  });

  test.each([
    ['(11) 91234-5678', 'it does not begin with `+` and a country code, or the code is not one'],
    ['+999 123 456 789', 'it does not begin with `+` and a country code, or the code is not one'],
    ['+1 650 555', 'it has too few digits for its country'],
    ['+1 650 555 1234 5678', 'it has too many digits for its country'],
    ['+1 650 555 1234 ext. 5', 'it has an extension, which WhatsApp cannot write to'],
    ['call +1 650 555 1234', 'it is not a phone number'],
    ['+1 650 555 1234, +1 650 555 1235', 'it is not a phone number'],
    ['081234567890', 'it does not begin with `+` and a country code, or the code is not one'],
    ['1234', 'it does not begin with `+` and a country code, or the code is not one'],
    ['', 'it is not a phone number'],
    ['+'.repeat(5_000), 'it is not a phone number'],
    ['+1' + '0'.repeat(5_000), 'it is not a phone number'],
  ])('refuses %p', (written, reason) => {
    expect(readPhoneNumber(written)).toEqual({ kind: 'refused', reason });
  });

  test.each([
    ['0812-3456-7890', 'ID', '6281234567890'],
    ['081234567890', 'id', '6281234567890'],
    ['(11) 91234-5678', 'BR', '5511912345678'],
    ['030 123456', 'DE', '4930123456'],
    ['0062 812 3456 7890', 'DE', '6281234567890'],
    ['+1 650 555 1234', 'ID', '16505551234'],
    ['16505551234', 'ID', '16505551234'],
  ])('reads %s as it is written in %s', (written, country, waId) => {
    expect(readPhoneNumber(written, country)).toEqual({ kind: 'number', waId });
  });

  test.each([
    ['0812', 'ID', 'it has too few digits for its country'],
    ['00 62 812 3456 7890', 'ID', 'it has too many digits for its country'],
    ['0812-3456-7890', 'XX', 'it does not begin with `+` and a country code, or the code is not one'],
    ['0812-3456-7890', '__proto__', 'it does not begin with `+` and a country code, or the code is not one'],
    ['0812-3456-7890', '', 'it does not begin with `+` and a country code, or the code is not one'],
  ])('refuses %s in %s', (written, country, reason) => {
    expect(readPhoneNumber(written, country)).toEqual({ kind: 'refused', reason });
  });
});
