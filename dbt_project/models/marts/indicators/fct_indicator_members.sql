{{ config(materialized='view') }}

with indicators as (
    select * from {{ ref('dim_indicators') }}
),

counted_in as (
    {{ populations_of_indicators('indicators') }}
),

members as (
    {{ indicator_members('counted_in') }}
)

select * from members
