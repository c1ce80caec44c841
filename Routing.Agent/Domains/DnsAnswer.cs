using System.Buffers.Binary;
using System.Text;
using Routing.Policy.Model;
using Routing.Policy.Rules;

namespace Routing.Agent.Domains;

/// <summary>An answer of DNS (RFC 1035 §4.1), as far as policy looks at it: the name that was asked for, and the addresses it stands
/// for. What anybody sends in its place is read without an exception, and costs its length.</summary>
/// <param name="Name">In small letters, without the root's dot. Octets that host names do not have stand as \DDD, so that no
/// label looks like two.</param>
/// <param name="Addresses">Of the name itself or of what its CNAMEs lead to; each with the least TTL on the way.</param>
internal sealed record DnsAnswer(string Name, IReadOnlyList<(Address Address, TimeSpan Ttl)> Addresses)
{
    private const int HeaderLength = 12;
    private const ushort Internet = 1; // class IN
    private const ushort TypeA = 1, TypeCname = 5, TypeAaaa = 28;
    private const ushort IsAnswer = 0x8000, OperationAndCode = 0x780f; // QR; OPCODE and RCODE, 0 for a query that went well

    /// <summary>CNAMEs in a row that are followed; resolvers stop at about as many.</summary>
    private const int LongestChain = 16;

    /// <summary>Reads the name that a message answers.</summary>
    /// <returns>False for a message that answers nothing, or not just one question.</returns>
    public static bool TryReadName(ReadOnlySpan<byte> message, out string name) => new Reader(message).TryReadQuestion(out name);

    /// <summary>Reads all of it. Records behind one that cannot be read are not believed, nor those before it.</summary>
    public static bool TryRead(ReadOnlySpan<byte> message, out DnsAnswer answer)
    {
        answer = null!;
        var reader = new Reader(message);
        if (!reader.TryReadQuestion(out var name))
        {
            return false;
        }

        var aliases = new Dictionary<string, (string Target, uint Ttl)>(StringComparer.Ordinal);
        var found = new List<(string Owner, Address Address, uint Ttl)>();
        for (var i = 0; i < reader.Answers; i++)
        {
            if (!reader.TryReadRecord(aliases, found))
            {
                return false;
            }
        }

        // Only what the name leads to: a record about another name is the server's gift, and nobody asked for it.
        var leads = new Dictionary<string, uint>(StringComparer.Ordinal) { [name] = uint.MaxValue };
        var (at, ttl) = (name, uint.MaxValue);
        for (var i = 0; i < LongestChain && aliases.TryGetValue(at, out var alias); i++)
        {
            (at, ttl) = (alias.Target, Math.Min(ttl, alias.Ttl));
            if (!leads.TryAdd(at, ttl))
            {
                break;
            }
        }

        answer = new DnsAnswer(name, [.. found.Where(one => leads.ContainsKey(one.Owner))
            .Select(one => (one.Address, TimeSpan.FromSeconds(Math.Min(one.Ttl, leads[one.Owner]))))]);
        return true;
    }

    /// <summary>Cursor over a message.</summary>
    private ref struct Reader(ReadOnlySpan<byte> message)
    {
        /// <summary>RFC 1035 §2.3.4, in octets of the message: labels with their lengths.</summary>
        private const int LongestName = 255;

        private readonly ReadOnlySpan<byte> _message = message;
        private int _at;

        /// <summary>Records in the answer section, as the header says.</summary>
        public int Answers { get; private set; }

        public bool TryReadQuestion(out string name)
        {
            name = "";
            if (_message.Length < HeaderLength)
            {
                return false;
            }

            var flags = BinaryPrimitives.ReadUInt16BigEndian(_message[2..]);
            var questions = BinaryPrimitives.ReadUInt16BigEndian(_message[4..]);
            Answers = BinaryPrimitives.ReadUInt16BigEndian(_message[6..]);
            _at = HeaderLength;
            return (flags & IsAnswer) != 0 && (flags & OperationAndCode) == 0 && questions == 1
                && TryReadName(out name) && TryReadU16(out _) && TryReadU16(out var kind) && kind == Internet;
        }

        public bool TryReadRecord(
            Dictionary<string, (string Target, uint Ttl)> aliases, List<(string Owner, Address Address, uint Ttl)> found)
        {
            if (!TryReadName(out var owner) || !TryReadU16(out var type) || !TryReadU16(out var kind) || !TryReadTtl(out var ttl)
                || !TryReadU16(out var length) || length > _message.Length - _at)
            {
                return false;
            }

            var data = _message.Slice(_at, length);
            var end = _at + length;
            switch (type)
            {
                case TypeA when kind == Internet && length == 4:
                    found.Add((owner, new Address(IpFamily.V4, BinaryPrimitives.ReadUInt32BigEndian(data)), ttl));
                    break;
                case TypeAaaa when kind == Internet && length == 16:
                    found.Add((owner, new Address(IpFamily.V6, BinaryPrimitives.ReadUInt128BigEndian(data)), ttl));
                    break;
                case TypeCname when kind == Internet:
                    if (!TryReadName(out var target) || _at != end)
                    {
                        return false;
                    }

                    aliases.TryAdd(owner, (target, ttl));
                    break;
            }

            _at = end;
            return true;
        }

        /// <summary>Reads a name and goes behind it. Each pointer leads before where it stands, so that none leads in a circle.</summary>
        private bool TryReadName(out string name)
        {
            name = "";
            var text = new StringBuilder();
            var (at, limit, octets, isBehind) = (_at, _at, 0, false);
            while (true)
            {
                if (at >= _message.Length)
                {
                    return false;
                }

                var length = _message[at];
                switch (length >> 6)
                {
                    case 0 when length == 0:
                        _at = isBehind ? _at : at + 1;
                        name = text.ToString();
                        return true;
                    case 0:
                        octets += length + 1;
                        if (octets >= LongestName || length > _message.Length - at - 1)
                        {
                            return false;
                        }

                        Append(text, _message.Slice(at + 1, length));
                        at += length + 1;
                        break;
                    case 3 when at + 1 < _message.Length:
                        var to = ((length & 0x3f) << 8) | _message[at + 1];
                        if (to >= limit)
                        {
                            return false;
                        }

                        _at = isBehind ? _at : at + 2;
                        (at, limit, isBehind) = (to, to, true);
                        break;
                    default:
                        return false;
                }
            }
        }

        private static void Append(StringBuilder text, ReadOnlySpan<byte> label)
        {
            if (text.Length > 0)
            {
                text.Append('.');
            }

            foreach (var octet in label)
            {
                switch (octet)
                {
                    case >= (byte)'A' and <= (byte)'Z':
                        text.Append((char)(octet | 0x20));
                        break;
                    case (>= (byte)'a' and <= (byte)'z') or (>= (byte)'0' and <= (byte)'9') or (byte)'-' or (byte)'_':
                        text.Append((char)octet);
                        break;
                    default:
                        text.Append($"\\{octet:d3}");
                        break;
                }
            }
        }

        private bool TryReadU16(out ushort value)
        {
            if (!BinaryPrimitives.TryReadUInt16BigEndian(_message[Math.Min(_at, _message.Length)..], out value))
            {
                return false;
            }

            _at += sizeof(ushort);
            return true;
        }

        /// <summary>RFC 2181 §8: 31 bits, and more than that means zero.</summary>
        private bool TryReadTtl(out uint ttl)
        {
            if (!BinaryPrimitives.TryReadUInt32BigEndian(_message[Math.Min(_at, _message.Length)..], out ttl))
            {
                return false;
            }

            ttl = ttl > int.MaxValue ? 0 : ttl;
            _at += sizeof(uint);
            return true;
        }
    }
}
