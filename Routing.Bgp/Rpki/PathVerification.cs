using System.Buffers;
using Routing.Bgp.RoutePolicy;
using Routing.Bgp.Wire.Attributes;
using Routing.Bgp.Wire.Iana;

namespace Routing.Bgp.Rpki;

/// <summary>Verification of AS paths (draft-ietf-sidrops-aspa-verification-24 §6). A path without a leak climbs from customer
/// to provider, crosses at most one link between peers, and descends from provider to customer.</summary>
/// <param name="aspas">The providers that are known.</param>
internal sealed class PathVerification(AspaTable aspas)
{
    private const int UsualPathLength = 128;

    /// <summary>Verifies a path.</summary>
    /// <param name="asPath">AS_PATH value with AS numbers of four octets.</param>
    /// <param name="neighborAsn">The AS it was received from.</param>
    /// <param name="role">Our role towards that AS (RFC 9234 §4.1); null when it is not known.</param>
    public PathValidity Verify(ReadOnlySpan<byte> asPath, uint neighborAsn, PeerRole? role)
    {
        if (role is null)
        {
            return PathValidity.Unknown; // §6: the procedure depends on it
        }

        uint[]? rented = null;
        var most = asPath.Length / sizeof(uint);
        var hops = most <= UsualPathLength
            ? stackalloc uint[UsualPathLength]
            : rented = ArrayPool<uint>.Shared.Rent(most);
        try
        {
            return Verify(asPath, neighborAsn, role.Value, hops);
        }
        finally
        {
            if (rented is not null)
            {
                ArrayPool<uint>.Shared.Return(rented);
            }
        }
    }

    private PathValidity Verify(ReadOnlySpan<byte> asPath, uint neighborAsn, PeerRole role, Span<uint> buffer)
    {
        // §6.1 steps 1 to 4, the same in both procedures: an empty path or an AS_SET is Invalid, and so is a path that the
        // neighbour did not add itself to, unless it is a route server (RFC 7947 §2.2.2.1).
        if (!TryCollapse(asPath, buffer, out var length) || length == 0)
        {
            return PathValidity.Invalid;
        }

        var path = buffer[..length];
        if (role != PeerRole.RouteServerClient && path[0] != neighborAsn)
        {
            return PathValidity.Invalid;
        }

        path.Reverse(); // as the draft counts: AS(1) is the origin
        return role == PeerRole.Customer ? VerifyDownstream(path) : VerifyUpstream(path);
    }

    /// <summary>§6.2: from a customer, a peer, or over a route server only what has climbed all the way may come.</summary>
    private PathValidity VerifyUpstream(ReadOnlySpan<uint> path)
    {
        var validity = PathValidity.Valid;
        for (var i = 0; i + 1 < path.Length; i++)
        {
            switch (aspas.Authorization(path[i], path[i + 1]))
            {
                case ProviderAuthorization.NotProvider:
                    return PathValidity.Invalid;
                case ProviderAuthorization.NoAttestation:
                    validity = PathValidity.Unknown;
                    break;
            }
        }

        return validity;
    }

    /// <summary>§6.3: from a provider, a way up and a way down that meet. Each way's length is known between two bounds:
    /// as far as nothing contradicts it, and as far as all is attested.</summary>
    private PathValidity VerifyDownstream(ReadOnlySpan<uint> path)
    {
        var (maxUp, minUp) = Ramp(path, first: 0, step: 1);
        var (maxDown, minDown) = Ramp(path, first: path.Length - 1, step: -1);
        return maxUp + maxDown < path.Length ? PathValidity.Invalid
            : minUp + minDown < path.Length ? PathValidity.Unknown
            : PathValidity.Valid;
    }

    /// <summary>ASes from one end on, each the customer of the next.</summary>
    private (int Max, int Min) Ramp(ReadOnlySpan<uint> path, int first, int step)
    {
        int? min = null;
        for (var count = 1; count < path.Length; count++)
        {
            var i = first + ((count - 1) * step);
            var authorization = aspas.Authorization(path[i], path[i + step]);
            if (authorization != ProviderAuthorization.Provider)
            {
                min ??= count;
            }

            if (authorization == ProviderAuthorization.NotProvider)
            {
                return (count, min!.Value);
            }
        }

        return (path.Length, min ?? path.Length);
    }

    /// <summary>The ASes without repetitions in a row, the neighbour's first. Confederation segments are ours and say nothing of
    /// the path (RFC 5065).</summary>
    /// <returns>False for a path with an AS_SET.</returns>
    private static bool TryCollapse(ReadOnlySpan<byte> asPath, Span<uint> buffer, out int length)
    {
        length = 0;
        var cursor = new AsPathCursor(asPath);
        while (cursor.TryRead(out var segment))
        {
            if (segment.Type == AsPathSegmentType.Set)
            {
                return false;
            }

            for (var i = 0; segment.Type == AsPathSegmentType.Sequence && i < segment.Count; i++)
            {
                if (length == 0 || buffer[length - 1] != segment[i])
                {
                    buffer[length++] = segment[i];
                }
            }
        }

        return true;
    }
}
